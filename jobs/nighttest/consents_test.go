package nighttest

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const consentProject = `project: consents
timezone: UTC
currency: EUR
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, first_name: name, consent.email: mail, consent.Push: push, consent_at: mail_at}}
  - {name: mail, kind: csv, path: mail.csv, delivery: full, record: interaction, fields: {at: at, email: email, contact_id: contact, kind: kind, channel: channel, status: status}}
suppressed: suppressed.csv
activation:
  - {name: letter, segments: everyone, channel: e-mail, purpose: marketing, columns: {mail: address, name: first_name}}
  - {name: push, segments: everyone, channel: push, purpose: marketing, columns: {id: address}}
publish: {tables: all}
`

// TestNobodyIsWrittenToWhoSaidNo has people who said no in every way in which
// it comes: however it is spelt, by whichever key, and consents of a day that
// is still to come.
func TestNobodyIsWrittenToWhoSaidNo(t *testing.T) {
	p := newPlace(t, map[string]string{
		"habitue.yaml":           consentProject,
		"segments/everyone.yaml": "segment: everyone\nwhen: {registered: {missing: true}}\n",
		"suppressed.csv":         "kind,value,channel,reason,since\nemail, SUPPRESSED@x.de ,Email,legal,2025-01-05\nemail,later@x.de,email,legal,2025-02-01\n",
		"crm.csv": "id,email,name,mail,push,mail_at\n" +
			"1,fine@x.de,\"a\x1fb\",true,true,2025-01-01\n2,spelt@x.de,B,true,,2025-01-01\n3,named@x.de,C,true,,2025-01-01\n4,suppressed@x.de,D,true,,2025-01-01\n" +
			"5,tomorrow@x.de,E,true,,2025-02-01\n6,bounced@x.de,F,true,,2025-01-01\n7,later@x.de,G,true,,2025-01-01\n8,back@x.de,H,true,,2025-01-09\nrome:9,\"x\x1fe:victim@x.de\",I,true,,2025-01-01\n",
		"mail.csv": "at,email,contact,kind,channel,status\n2025-01-06 10:00:00,Spelt@x.de,,Campaign_Unsubscribed,E-Mail,\n2025-01-06 10:00:00,,3,unsubscribed,email,\n" +
			"2025-01-06 10:00:00,bounced@x.de,,campaign_bounced,,Hard bounce\n2025-01-06 10:00:00,back@x.de,,unsubscribed,email,\n",
	})
	p.run(t, "--as-of", "2025-01-10")
	if got, want := p.read(t, "out/activation/letter/2025-01-10.csv"), "mail,name\nback@x.de,H\nfine@x.de,a|b\nlater@x.de,G\n"; got != want {
		t.Errorf("letters go to\n%s, want\n%s", got, want)
	}
	if got, want := p.read(t, "out/activation/push/2025-01-10.csv"), "id\n1\n"; got != want {
		t.Errorf("pushes go to\n%s, want\n%s", got, want)
	}
}

// TestAMessageGoesWhereItsReaderWrote: to match customers, a mailbox may have
// many spellings; what is sent, and what is hashed, is the one that consented.
func TestAMessageGoesWhereItsReaderWrote(t *testing.T) {
	t.Parallel()
	p, d := newPlace(t, map[string]string{
		"habitue.yaml": `project: written
timezone: UTC
currency: EUR
id_salt: pepper
identity: {email: provider}
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, consent.email: mail, consent_at: mail_at}}
activation:
  - {name: letter, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}, exclusive: false}
  - {name: meta, segments: everyone, channel: email, purpose: marketing, columns: {em: address}, form: meta, exclusive: false}
  - {name: google, segments: everyone, channel: email, purpose: marketing, columns: {em: address}, form: google, exclusive: false}
publish: {tables: all}
`,
		"segments/everyone.yaml": "segment: everyone\nwhen: {registered: {missing: true}}\n",
		"crm.csv": "id,email,mail,mail_at\n1, Ann.Smith+shop@GMail.com,true,2025-01-01\n2,annsmith@googlemail.com,,\n3,bob+news@yandex.com,true,2025-01-01\n" +
			"4,cy+old@gmail.com,true,2025-01-01\n5,cy+new@gmail.com,true,2025-01-02\n6,dee+a@gmail.com,true,2025-01-01\n7,d.e.e@gmail.com,false,2025-01-02\n",
	}), newDatabase(t)
	run := p.run(t, "--as-of", "2025-01-10").RunID
	if got, want := p.read(t, "out/activation/letter/2025-01-10.csv"), "mail\nann.smith+shop@gmail.com\nbob+news@yandex.com\ncy+new@gmail.com\n"; got != want {
		t.Errorf("letters go to\n%s, want\n%s", got, want)
	}
	for form, written := range map[string][]string{"meta": rows("ann.smith+shop@gmail.com", "bob+news@yandex.com", "cy+new@gmail.com"), "google": rows("annsmith@gmail.com", "bob+news@yandex.com", "cy@gmail.com")} {
		want := "em\n"
		for _, w := range written {
			want += fmt.Sprintf("%x\n", sha256.Sum256([]byte(w)))
		}
		if got := p.read(t, "out/activation/"+form+"/2025-01-10.csv"); got != want {
			t.Errorf("%s gets\n%s, want\n%s", form, got, want)
		}
	}
	consents := rows("annsmith@gmail.com ann.smith+shop@gmail.com subscribed", "bob@yandex.ru bob+news@yandex.com subscribed", "cy@gmail.com cy+new@gmail.com subscribed", "dee@gmail.com d.e.e@gmail.com unsubscribed")
	if diff := cmp.Diff(consents, p.ask(t, d, run, "SELECT concat_ws(' ', address, written_as, state) FROM h.consents ORDER BY ALL")); diff != "" {
		t.Errorf("consents: %s", diff)
	}
}
