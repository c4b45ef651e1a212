package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/activation"
	"github.com/habitue-data/habitue/transforms/consent"
)

// Destination is a file of activation and where it goes.
type Destination struct {
	activation.Destination
	Path      string // folder, relative to Dir
	Line, Col int
}

func destinationSpec() *config.Spec {
	text := config.Spec{Type: config.Text, Check: notEmpty}
	forms := slices.Sorted(maps.Keys(activation.Forms))
	return &config.Spec{Type: config.Group, Keys: []config.Spec{
		{Name: "name", Type: config.Text, Required: true, Check: plainName, Example: "win-back", Doc: "name of the destination; its files are <path>/<name>/<run_date>.csv"},
		{Name: "segments", Type: config.OneOf, Required: true, Example: "lapsing-regulars", Doc: "the segment whose members are candidates, or a list of several: a member of any of them is one", Shapes: []config.Spec{
			text, {Type: config.List, Of: &text, Check: notEmpty},
		}},
		{Name: "channel", Type: config.Text, Required: true, Check: plainName, Example: "email", Doc: "how they are reached: email; sms, call or a messenger, which go by phone; push and post, which go by contact_id"},
		{Name: "purpose", Type: config.Text, Required: true, Check: knownPurpose, Example: "marketing", Doc: "what they must have consented to: marketing, or marketing/<topic>"},
		{Name: "columns", Type: config.Map, Required: true, Names: columnDocs(), Check: knownColumns, Of: &config.Spec{Type: config.Text, Check: notEmpty}, Example: "{email: address, name: first_name}", Doc: "columns of the file, each with where it comes from: address, or a column of the table customers"},
		{Name: "form", Type: config.Enum, Values: forms, Default: "plain", Doc: "of addresses. plain: phones with +; digits: phones without; google: SHA-256 of plain, of Gmail's addresses without dots and what follows a plus; meta, yandex: SHA-256 of digits"},
		{Name: "hold_out", Type: config.Int, Min: 0, Max: 90, Default: "0", Doc: "percent of the candidates, always the same ones, who get nothing, to compare with"},
		{Name: "cap", Type: config.Group, Doc: "How much is enough.", Keys: []config.Spec{
			{Name: "messages", Type: config.Int, Min: 1, Max: 1000, Required: true, Example: "3", Doc: "who got so many messages through the channel gets no more"},
			{Name: "in_last", Type: config.Duration, Required: true, Check: someDays, Example: "7d", Doc: "within so many days"},
		}},
		{Name: "exclusive", Type: config.Bool, Default: "true", Doc: "who is in this file is in no file of the same channel that stands after it; false for audiences that nothing is sent to"},
		{Name: "path", Type: config.Text, Default: "out/activation", Check: readableFolder, Doc: "folder of the files, relative to the project file or in a bucket"},
	}}
}

func columnDocs() map[string]string {
	docs := map[string]string{}
	t, _ := customer.TableNamed("customers")
	for _, c := range t.Columns {
		docs[c.Name] = c.Doc
	}
	return docs
}

func knownPurpose(v *config.Value, say say) {
	if p := v.Text(); p != consent.Marketing && (!strings.HasPrefix(p, consent.Marketing+"/") || len(p) == len(consent.Marketing)+1) {
		say(v, v.Path+" "+quoted(p)+" is no purpose", "write marketing, or marketing/ and a topic")
	}
}

// knownColumns looks at where the columns of a file come from.
func knownColumns(v *config.Value, say say) {
	t, _ := customer.TableNamed("customers")
	names := append(t.Names(), activation.FromAddress)
	for _, e := range v.Entries() {
		if from := e.Value.Text(); !slices.Contains(names, from) {
			say(e.Value, "the table customers has no column "+quoted(from), guess(from, names, "write address, or a column of customers: "))
		}
	}
	if len(v.Entries()) == 0 {
		say(v, v.Path+" is empty", "name the columns of the file, as {email: address}")
	}
}

// someDays keeps a length of time to whole days.
func someDays(v *config.Value, say say) {
	if d := v.Duration(); d <= 0 || d%day != 0 {
		say(v, v.Path+" is no number of whole days", "write days or weeks, as 7d or 2w")
	}
}

// destinationsHang holds what the destinations owe each other.
func destinationsHang(v *config.Value, say say) {
	first := map[string]*config.Value{}
	for _, d := range v.Items() {
		name := d.Get("name").Text()
		if other := first[name]; other != nil && name != "" {
			say(d.Get("name"), fmt.Sprintf("two destinations are named %s, the other on line %d", name, other.Line), "give one of them another name")
		}
		first[name] = d
	}
}

func destination(v *config.Value) Destination {
	d := Destination{Path: v.Get("path").Text(), Line: v.Line, Col: v.Col}
	d.Name, d.Segments = v.Get("name").Text(), v.Get("segments").Texts()
	d.Channel, d.Purpose = consent.Channel(v.Get("channel").Text()), strings.ToLower(v.Get("purpose").Text())
	kind := consent.AddressOf(d.Channel)
	d.Address = kind.Name()
	if t, _ := customer.TableNamed("customers"); kind == customer.EmailKey || kind == customer.PhoneKey {
		if c, ok := t.Column(d.Address); ok {
			d.Column = c.Name
		}
	}
	for _, e := range v.Get("columns").Entries() {
		d.Columns = append(d.Columns, activation.Column{Name: e.Name, From: e.Value.Text()})
	}
	d.Form = activation.Forms[v.Get("form").Text()]
	d.HoldOut, d.Salt = 10*v.Get("hold_out").Int(), d.Name
	if most := v.Get("cap"); most.IsSet() {
		d.Cap = activation.Cap{Messages: most.Get("messages").Int(), Days: int32(most.Get("in_last").Duration().Hours() / 24)}
	}
	d.Exclusive = v.Get("exclusive").Bool()
	return d
}
