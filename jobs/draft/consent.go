package draft

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// channels are what a consent may be for.
var channels = map[string]string{
	"email": "email", "mail": "email", "newsletter": "email", "почта": "email", "sms": "sms", "смс": "sms", "phone": "phone", "call": "phone", "calls": "phone", "звонок": "phone",
	"push": "push", "post": "post", "telegram": "telegram", "viber": "viber", "whatsapp": "whatsapp",
}

// channel is the last one that a name has, "" for none.
func (n name) channel() (channel string) {
	for _, w := range n.words {
		if c := channels[w]; c != "" {
			channel = c
		}
	}
	return channel
}

// consented are words of columns that say whether somebody wants messages,
// refused those that turn it round.
var (
	consented = strings.Fields("consent consents optin optout opt opted subscribed subscription unsubscribed unsubscribe unsub accepts allow allowed agree agreed marketing согласие согласия подписка отписка отписан")
	refused   = strings.Fields("no not dont never stop out optout unsubscribed unsubscribe unsub suppressed suppression blocked blacklisted excluded disabled declined denied refused revoked withdrawn не нет без отказ запрет отписка отписан")
)

// refuses tells whether a column's name says who does not want messages.
func (n name) refuses() bool { return n.has(refused...) || n.optsOut() }

// optsOut tells whether it says so however its words are put together.
func (n name) optsOut() bool {
	return strings.Contains(n.flat, "optout") || strings.Contains(n.flat, "unsubscri")
}

// consents finds columns that say yes or no to a channel. A guess that is
// wrong here sends messages to just those who want none, so all are guesses,
// and a column that says yes goes before one that says no.
func (t *table) consents(fields map[string]match, used map[int]bool) {
	var yes, no []int
	for i, n := range t.names {
		if n.refuses() {
			no = append(no, i)
		} else {
			yes = append(yes, i)
		}
	}
	for _, i := range slices.Concat(yes, no) {
		n := t.names[i]
		channel := n.channel()
		field := "consent." + channel
		if _, has := fields[field]; has || channel == "" || used[i] || !n.has(consented...) {
			continue
		}
		rule, _, ok := t.ruleOf(customer.Contact, i, field)
		why := "those of whom it says yes may be sent messages"
		if !ok {
			rule, ok = t.answers(rule, i, false)
		}
		if n.refuses() {
			rule, ok = t.answers(rule, i, true)
			why = "its name says who wants no messages, and the others are taken to want them"
			if !slices.Contains(slices.Collect(maps.Values(rule.Map)), "true") {
				why = "its name says who wants no messages, and of the others nothing is known"
			}
		}
		if ok {
			fields[field] = match{column: i, fits: fitsPartly, tells: 2, rule: rule, guess: t.header[i] + ": " + why}
			used[i] = true
		}
	}
}

// plainYes, plainNo are words that a column's name gives their meaning, spoken
// are those that have one of their own; whoever never answered said nothing.
var (
	plainYes = strings.Fields("true 1 yes t y да on + есть")
	plainNo  = strings.Fields("false 0 no f n нет off -")
	spoken   = map[string]string{
		"subscribed": "true", "opt_in": "true", "opted_in": "true", "подписан": "true",
		"unsubscribed": "false", "opt_out": "false", "opted_out": "false", "отписан": "false",
		"never_subscribed": "", "not_subscribed": "", "unknown": "", "pending": "",
	}
)

// answers is a consent by what each value of a column means, turned round
// where its name says who wants no messages; ok is false where not all can be.
func (t *table) answers(f mapping.FieldSpec, column int, turned bool) (mapping.FieldSpec, bool) {
	if n := t.names[column]; turned && n.has("in", "optin", "no", "нет") {
		return f, false // opt in/out; mobile no, which is a number
	}
	f.Map = map[string]string{}
	for v := range t.shapes[column].counts {
		w := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(v)), " ", "_")
		meaning, speaks := spoken[w]
		switch {
		case speaks:
			f.Map[v] = meaning
		case slices.Contains(plainYes, w):
			f.Map[v] = strconv.FormatBool(!turned)
		case slices.Contains(plainNo, w):
			f.Map[v] = strconv.FormatBool(turned)
		default:
			return f, false
		}
	}
	return f, len(f.Map) > 0
}

// refusals tells of columns that say who wants no messages, and that no field
// takes: whoever they name may be mailed for what other columns say.
func (t *table) refusals(fields []Field) (say []string) {
	for i, n := range t.names {
		taken := slices.ContainsFunc(fields, func(f Field) bool { return slices.Contains(f.Columns, t.header[i]) })
		values := slices.Sorted(maps.Keys(t.shapes[i].counts))
		about := n.has(consented...) || n.optsOut() || len(values) <= 10 && (n.channel() != "" || n.has("contact", "disturb", "mailing", "mailings", "newsletters", "беспокоить", "звонить", "писать", "рассылка"))
		if !taken && about && n.refuses() && len(values) > 0 {
			say = append(say, fmt.Sprintf("%s of %s (%s): it may say who wants no messages, and no field takes it.", t.header[i], t.Name, strings.Join(values[:min(len(values), 3)], ", ")))
		}
	}
	return say
}
