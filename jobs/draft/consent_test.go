package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestConsentsAreReadTheRightWayRound: who said no is never taken for who said
// yes, and every guess at it is to be looked at.
func TestConsentsAreReadTheRightWayRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ column, values, want string }{
		{"Email Opt In", "true false", "consent.email: Email Opt In"},
		{"Accepts Email Marketing", "yes no", "consent.email: Accepts Email Marketing"},
		{"SMS Consent", "opted_in opted_out", `consent.sms: {column: SMS Consent, map: {opted_in: "true", opted_out: "false"}}`},
		{"Email Marketing Consent", "SUBSCRIBED NEVER_SUBSCRIBED", `consent.email: {column: Email Marketing Consent, map: {NEVER_SUBSCRIBED: "", SUBSCRIBED: "true"}}`},
		{"Email Opt Out", "true false", `consent.email: {column: Email Opt Out, map: {"false": "true", "true": "false"}}`},
		{"HasOptedOutOfEmail", "1 0", `consent.email: {column: HasOptedOutOfEmail, map: {"0": "true", "1": "false"}}`},
		{"Opted out of email: Marketing Information", "true ~", `consent.email: {column: "Opted out of email: Marketing Information", map: {"true": "false"}}`},
		{"email_marketing_unsubscribed", "1 0", `consent.email: {column: email_marketing_unsubscribed, map: {"0": "true", "1": "false"}}`},
		{"Marketing SMS opt-out", "Yes No", `consent.sms: {column: Marketing SMS opt-out, map: {"No": "true", "Yes": "false"}}`},
		{"email_unsubscribed", "unsubscribed subscribed", `consent.email: {column: email_unsubscribed, map: {subscribed: "true", unsubscribed: "false"}}`},
		{"sms_consent_withdrawn", "1 0", `consent.sms: {column: sms_consent_withdrawn, map: {"0": "true", "1": "false"}}`},
		{"Отказ от согласия: почта", "да нет", `consent.email: {column: "Отказ от согласия: почта", map: {да: "false", нет: "true"}}`},
		{"Do not contact", "1 0", "? Do not contact of crm (0, 1): it may say who wants no messages, and no field takes it."},
		{"No newsletter", "yes no", "? No newsletter of crm (no, yes): it may say who wants no messages, and no field takes it."},
		{"Email opt in/out", "1 0", "? Email opt in/out of crm (0, 1): it may say who wants no messages, and no field takes it."},
		{"mobile_no_sms_consent", "1 0", "? mobile_no_sms_consent of crm (0, 1): it may say who wants no messages, and no field takes it."},
		{"emailoptout", "1 0", "? emailoptout of crm (0, 1): it may say who wants no messages, and no field takes it."},
		{"email_optout", "2 3", "? email_optout of crm (2, 3): it may say who wants no messages, and no field takes it."},
		{"email not valid", "1 0", "? email not valid of crm (0, 1): it may say who wants no messages, and no field takes it."},
		{"unsubscribed_at", "2025-01-01 2025-01-02", "? unsubscribed_at of crm (2025-01-01, 2025-01-02): it may say who wants no messages, and no field takes it."},
		{"no", "1 0", ""},
	} {
		values := strings.Fields(strings.ReplaceAll(c.values, "~", `""`))
		text := fmt.Sprintf("id,email,first_name,\"%s\"\n1,a@x.com,Ann,%s\n2,b@x.com,Bob,%s\n", c.column, values[0], values[1])
		d := Draft("x", []*Sample{sampleOf(t, "crm", text)})
		got := ""
		for _, f := range d.Sources[0].Fields {
			if !strings.HasPrefix(f.Field, "consent") {
				continue
			}
			got += f.Field + ": " + f.spec()
			if said := f.Field + " of crm: " + f.Why + "."; f.Surety != Guess || !strings.Contains(strings.Join(d.First, "\n"), said) {
				t.Errorf("%s: %q is not among %q", c.column, said, d.First)
			}
		}
		for _, f := range d.First {
			if strings.Contains(f, "no field takes it") {
				got += "? " + f
			}
		}
		if got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.column, got, c.want)
		}
	}
}

// TestAYesGoesBeforeANo: of two columns of a channel the one that says yes is
// the consent, and the other is told.
func TestAYesGoesBeforeANo(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "crm", "id,email,Email Opt Out,Email Opt In\n1,a@x.com,1,0\n2,b@x.com,0,1\n")})
	f := d.Sources[0].Field("consent.email")
	const want = "Email Opt Out of crm (0, 1): it may say who wants no messages, and no field takes it."
	if f == nil || f.spec() != "Email Opt In" || !slices.Contains(d.First, want) {
		t.Errorf("%+v, %q", f, d.First)
	}
}
