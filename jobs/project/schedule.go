package project

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/cronspec"
	"github.com/habitue-data/habitue/internal/fault"
)

// Schedule is when nights run by themselves, and who is told of them.
type Schedule struct {
	Cron     cronspec.Spec
	Deadline time.Duration // of one try of a night, also where nothing is scheduled
	Listen   string        // host and port of health and metrics, "" for none
	Metrics  string        // file of metrics, relative to Dir; "" for none
	Notify   []Notify
}

// Set tells whether there is one.
func (s Schedule) Set() bool { return s.Cron.String() != "" }

// Notify is who is told of what.
type Notify struct {
	On      []string      // of Occasions
	Command []string      // run with the message on its standard input
	URL     config.Secret // or where the message is posted
}

// Occasions are what may be told.
var Occasions = []string{"success", "gate", "failure"}

func scheduleSpec() *config.Spec {
	text := config.Spec{Type: config.Text, Check: firingCron}
	cron := text
	cron.Name, cron.Required, cron.Example, cron.Doc = "cron", true, `"15 3 * * *"`, "when: minute, hour, day of month, month, day of week in timezone of the project, or @daily and the like. A night is due at the first such time after its day is over"
	return &config.Spec{Name: "schedule", Type: config.OneOf, Example: `"15 3 * * *"`, Doc: "When habitue schedule runs the nights: a cron expression, or that and more. docs/schedule.md says what becomes of a night that cannot run", Shapes: []config.Spec{
		text,
		{Type: config.Group, Keys: []config.Spec{
			cron,
			{Name: "deadline", Type: config.Duration, Default: "12h", Check: someTime, Doc: "one try of a night is stopped after so long"},
			{Name: "listen", Type: config.Text, Check: loopback, Example: "127.0.0.1:9108", Doc: "address of this machine for /healthz and /metrics; none unless said"},
			{Name: "metrics", Type: config.Text, Check: notEmpty, Example: "out/habitue.prom", Doc: "file that has the same metrics after each night, for node_exporter's textfile collector"},
			{Name: "notify", Type: config.List, Check: notEmpty, Example: "[{on: [gate, failure], command: [./tell, data-team]}]", Doc: "who is told of a night, without anything of its data but counts", Of: &config.Spec{Type: config.Group, Check: notifyHangs, Keys: []config.Spec{
				{Name: "on", Type: config.List, Required: true, Check: severalOnce, Of: &config.Spec{Type: config.Enum, Values: Occasions}, Example: "[gate, failure]", Doc: "success: the night is published; gate: it waits for a person or a source; failure: anything else"},
				{Name: "command", Type: config.List, Of: &config.Spec{Type: config.Text}, Check: notEmpty, Example: "[./tell, data-team]", Doc: "a program and its arguments, run in the project's folder with the message as JSON on its standard input"},
				{Name: "url", Type: config.Text, Secret: true, Check: notEmpty, Example: "${env:HABITUE_WEBHOOK}", Doc: "where the message is posted as JSON"},
			}}},
		}},
	}}
}

func schedule(v *config.Value) Schedule {
	s := Schedule{Deadline: day / 2}
	if v == nil {
		return s
	}
	text := v.Get("cron")
	if text == nil {
		text = v
	}
	s.Cron, _ = cronspec.Parse(text.Text()) // the spec's check has told what is wrong
	s.Listen, s.Metrics = v.Get("listen").Text(), v.Get("metrics").Text()
	if d := v.Get("deadline"); d != nil {
		s.Deadline = d.Duration()
	}
	for _, n := range v.Get("notify").Items() {
		s.Notify = append(s.Notify, Notify{On: n.Get("on").Texts(), Command: n.Get("command").Texts(), URL: n.Get("url").Secret()})
	}
	return s
}

func firingCron(v *config.Value, say say) {
	_, err := cronspec.Parse(v.Text())
	for _, f := range fault.Of(err) {
		say(v, f.What, f.Todo)
	}
}

func someTime(v *config.Value, say say) {
	if d := v.Duration(); d < time.Minute {
		say(v, v.Path+" is no time in which a night could run", "write hours, as 3h")
	}
}

// loopback keeps metrics to this machine: they have no password.
func loopback(v *config.Value, say say) {
	host, port, err := net.SplitHostPort(v.Text())
	ip := net.ParseIP(host)
	switch {
	case err != nil || port == "":
		say(v, v.Path+" "+quoted(v.Text())+" is no address with a port", "write 127.0.0.1:9108")
	case host != "localhost" && (ip == nil || !ip.IsLoopback()):
		say(v, v.Path+" "+quoted(v.Text())+" can be reached from other machines, and asks nobody who they are", "write 127.0.0.1:"+port+", and put a proxy before it")
	}
}

func notifyHangs(v *config.Value, say say) {
	if v.Has("command") == v.Has("url") {
		say(v, v.Path+" needs a command or a url, and not both", "keep one of them")
	}
	if !v.Has("url") {
		return
	}
	at := v.Get("url").Secret().Reveal()
	if strings.HasPrefix(at, "${") { // not looked up: see LoadToRead
		return
	}
	if u, err := url.Parse(at); err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
		say(v.Get("url"), v.Path+".url is no address of the web", "write https://host/path")
	}
}

// waitsForADay holds that a source that is waited for says by its files' names
// whether it has delivered.
func waitsForADay(v *config.Value, say say) {
	if !v.Has("wait") {
		return
	}
	for _, t := range v.Get("path").Texts() {
		if !(Pattern{Text: t}).HasDate() {
			say(v.Get("wait"), "the path "+quoted(t)+" has no day in it, so nobody can tell whether the file of a night has come", "put the day into the name, such as exports/%Y-%m-%d.csv, or take wait out")
		}
	}
	if d := v.Get("wait").Duration(); d <= 0 || d > 30*day {
		say(v.Get("wait"), "wait is not between nothing and thirty days", "write days or hours, as 2d or 36h")
	}
}

// On is the name that the pattern has for a day, its hour and globs as they
// stand.
func (p Pattern) On(date time.Time) string {
	return strings.NewReplacer("%%", "%", "%Y", fmt.Sprintf("%04d", date.Year()), "%m", fmt.Sprintf("%02d", date.Month()), "%d", fmt.Sprintf("%02d", date.Day())).Replace(p.Text)
}
