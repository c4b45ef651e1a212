package nighttest

import "testing"

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
