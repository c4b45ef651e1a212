package nighttest

import (
	"crypto/sha256"
	"fmt"
	"strings"
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
			"5,tomorrow@x.de,E,true,,2025-02-01\n6,bounced@x.de,F,true,,2025-01-01\n7,later@x.de,G,true,,2025-01-01\n8,back@x.de,H,true,,2025-01-09\nrome:9,\"x\x1fe:victim@x.de\",I,true,,2025-01-01\n10,A@x.de|second@x.de,J,true,,2025-01-01\n",
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

// TestANoOutlivesItsContact: whoever said no is gone from the next dump, or has
// another address there; a contact that gave its consent brings it to the
// address of somebody who said no. However the dumps arrive, and whether the
// nights are run one by one or the last alone, nobody is written to who said no.
func TestANoOutlivesItsContact(t *testing.T) {
	const (
		first = "id,email,name,mail,mail_at,upd\n1,anna@x.de,Anna,false,2025-01-20,2025-01-20\n2,bob@x.de,Bob,false,2025-01-20,2025-01-20\n" +
			"3,old@x.de,Eve,true,2025-01-01,2025-01-01\n4,back@x.de,Kim,false,2025-01-20,2025-01-20\n5,again@x.de,Lou,false,,2025-01-20\n6,keyed@x.de,Max,true,2025-01-01,2025-01-02\n9,zoe@x.de,Zoe,true,2025-01-02,2025-01-02\n"
		second = "id,email,name,mail,mail_at,upd\n2,bobby@x.de,Bob,true,2025-02-02,2025-02-02\n" +
			"3,new@x.de,Eve,true,2025-01-01,2025-02-02\n4,back@x.de,Kim,true,2025-02-01,2025-02-02\n5,again@x.de,Lou,true,,2025-02-02\n9,zoe@x.de,Zoe,true,2025-01-02,2025-01-02\n"
		third = "id,email,name,mail,mail_at,upd\n2,bobby@x.de,Bob,true,2025-02-02,2025-02-02\n" +
			"3,new@x.de,Eve,true,2025-01-01,2025-02-02\n4,other@x.de,Kim,true,2025-02-01,2025-02-03\n5,other2@x.de,Lou,true,,2025-02-03\n9,zoe@x.de,Zoe,true,2025-01-02,2025-01-02\n"
		web = "id,email,name,mail,mail_at\nw1,anna@x.de,Anna,true,2025-01-01\nw2,bob@x.de,Bob,true,2025-01-01\nw4,back@x.de,Kim,true,2025-01-01\nw5,again@x.de,Lou,true,2025-01-01\nw6,twice@x.de,Ina,true,2025-01-01\nw7,keyed@x.de,Max,true,2025-01-01\n"
		// whoever unsubscribed said so by an address, or by the key of a contact; the tool keeps what is of its last days
		mail  = "at,email,contact,kind,via\n2024-12-15,new@x.de,,unsubscribed,email\n2025-01-15,twice@x.de,,complained,email\n2025-01-15,,6,unsubscribed,email\n2025-01-15,,9,opened,email\n"
		empty = "at,email,contact,kind,via\n"
	)
	files := func(dumps string, days ...string) map[string]string {
		all := map[string]string{"web.csv": web, "segments/everyone.yaml": "segment: everyone\nwhen: {registered: {missing: true}}\n",
			"habitue.yaml": `project: consents
timezone: UTC
currency: EUR
id_salt: pepper
sources:
  - {name: crm, ids: crm, kind: csv, path: "` + dumps + `, record: contact, fields: {id: id, email: email, first_name: name, consent.email: mail, consent_at: mail_at, updated_at: upd}}
  - {name: web, kind: csv, path: web.csv, delivery: full, record: contact, ids: web, fields: {id: id, email: email, first_name: name, consent.email: mail, consent_at: mail_at}}
  - {name: mail, ids: crm, kind: csv, path: "mail/%Y-%m-%d.csv", delivery: full, record: interaction, fields: {at: at, email: email, contact_id: contact, kind: kind, channel: via}}
activation:
  - {name: letter, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}}
publish: {tables: all}
`}
		for i, day := range days {
			all["crm/"+day+".csv"] = []string{first, second, third}[i]
			all["mail/"+day+".csv"] = []string{mail, empty, empty}[i]
		}
		return all
	}
	days := []string{"2025-02-01", "2025-02-02", "2025-02-03"}
	want := []string{
		"mail\nold@x.de\nzoe@x.de\n",
		"mail\nagain@x.de\nback@x.de\nbobby@x.de\nzoe@x.de\n",
		// Kim and Lou have left back@ and again@. Kim took the no back at a time that is known
		"mail\nback@x.de\nbobby@x.de\nother2@x.de\nother@x.de\nzoe@x.de\n",
	}
	for name, c := range map[string]struct {
		dumps    string
		inPlace  bool // each dump is written over the last
		sameFull bool // the last day alone, from nothing, is told the same tables
	}{
		"dumps beside each other": {`crm/%Y-%m-%d.csv", delivery: full`, false, true},
		"changes":                 {`crm/%Y-%m-%d.csv", delivery: changes`, false, true},
		"dumps in one place":      {`crm.csv", delivery: full`, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, files(c.dumps, days[0]))
			var last *summary
			for i, day := range days {
				all := files(c.dumps, days...)
				p.write(t, "mail/"+day+".csv", []byte(all["mail/"+day+".csv"]))
				at := "crm/" + day + ".csv"
				if c.inPlace {
					at = "crm.csv"
				}
				p.write(t, at, []byte(all["crm/"+day+".csv"]))
				last = p.run(t, "--as-of", day, "--known", "then")
				if got := p.read(t, "out/activation/letter/"+day+".csv"); got != want[i] {
					t.Errorf("on %s letters go to\n%s, want\n%s", day, got, want[i])
				}
			}
			// it changes nothing that the days are run once more in one command
			p.run(t, "--from", days[0], "--to", days[2], "--known", "then")
			if diff := cmp.Diff(contents(p.manifest(t, last.RunID)), contents(p.manifest(t, days[2]+".2"))); diff != "" {
				t.Errorf("the days by night, and in one command: %s", diff)
			}
			if !c.sameFull {
				return
			}
			whole := newPlace(t, files(c.dumps, days...))
			run := whole.run(t, "--as-of", days[2], "--known", "then")
			d := newDatabase(t)
			d.attach(t, "nights", p, p.manifest(t, last.RunID))
			d.attach(t, "whole", whole, whole.manifest(t, run.RunID))
			d.same(t, "what holds", "SELECT * EXCLUDE customer_id FROM nights.consents", "SELECT * EXCLUDE customer_id FROM whole.consents")
			d.same(t, "what was said", "FROM nights.consent_statements", "FROM whole.consent_statements")
		})
	}
}

// TestWhatNamesAContactIsHeardEveryNight: a no by the id of a contact, and the
// addresses that the contact had, stand in files that others took the place of.
func TestWhatNamesAContactIsHeardEveryNight(t *testing.T) {
	const zoe = "9,zoe@x.de,Zoe,true,2025-01-02,2025-01-02\n"
	for name, c := range map[string]struct {
		crm, mail []string
		web       string
	}{
		"a contact that comes after its no": {[]string{"", "", "6,keyed@x.de,Max,,,2025-02-03\n"}, []string{"2025-01-15,,6,unsubscribed,email\n", "", ""}, "w7,keyed@x.de,Max,true,2025-01-01\n"},
		"a no of a contact that has moved":  {[]string{"3,old@x.de,Eve,true,2025-01-01,2025-01-01\n", "3,new@x.de,Eve,true,2025-01-01,2025-02-02\n", "3,new@x.de,Eve,true,2025-01-01,2025-02-02\n"}, []string{"", "", "2025-02-03,,3,unsubscribed,email\n"}, "w8,old@x.de,Eve,true,2025-01-01\n"},
		"a yes that was of another address": {[]string{"3,old@x.de,Eve,true,2025-01-10,2025-01-10\n", "3,,Eve,true,2025-01-10,2025-02-02\n", "3,new@x.de,Eve,true,2025-01-10,2025-02-03\n"}, []string{"2025-01-05,new@x.de,,unsubscribed,email\n", "2025-01-05,new@x.de,,unsubscribed,email\n", "2025-01-05,new@x.de,,unsubscribed,email\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"segments/everyone.yaml": "segment: everyone\nwhen: {registered: {missing: true}}\n", "web.csv": "id,email,name,mail,mail_at\n" + c.web,
				"habitue.yaml": `project: consents
timezone: UTC
currency: EUR
id_salt: pepper
sources:
  - {name: crm, ids: crm, kind: csv, path: "crm/%Y-%m-%d.csv", delivery: full, record: contact, fields: {id: id, email: email, first_name: name, consent.email: mail, consent_at: mail_at, updated_at: upd}}
  - {name: web, kind: csv, path: web.csv, delivery: full, record: contact, ids: web, fields: {id: id, email: email, first_name: name, consent.email: mail, consent_at: mail_at}}
  - {name: mail, ids: crm, kind: csv, path: "mail/%Y-%m-%d.csv", delivery: full, record: interaction, fields: {at: at, email: email, contact_id: contact, kind: kind, channel: via}}
activation:
  - {name: letter, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}}
publish: {tables: all}
`}
			p := newPlace(t, files)
			for i, day := range []string{"2025-02-01", "2025-02-02", "2025-02-03"} {
				p.write(t, "crm/"+day+".csv", []byte("id,email,name,mail,mail_at,upd\n"+c.crm[i]+zoe))
				p.write(t, "mail/"+day+".csv", []byte("at,email,contact,kind,via\n"+c.mail[i]))
				p.run(t, "--as-of", day, "--known", "then")
			}
			if got, want := p.read(t, "out/activation/letter/2025-02-03.csv"), "mail\nzoe@x.de\n"; got != want {
				t.Errorf("letters go to\n%s, want\n%s", got, want)
			}
		})
	}
}

// TestNobodyIsRemovedWhoIsInTheFile: by another rule for e-mails a mailbox has
// another key, and its address is the one that was sent.
func TestNobodyIsRemovedWhoIsInTheFile(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{
		"habitue.yaml": `project: removed
timezone: UTC
currency: EUR
id_salt: pepper
identity: {email: basic}
sources:
  - {name: web, kind: csv, path: web.csv, delivery: full, record: contact, fields: {id: id, email: email, consent.email: mail, consent_at: mail_at}}
activation:
  - {name: letter, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}}
publish: {tables: all}
`,
		"segments/everyone.yaml": "segment: everyone\nwhen: {registered: {missing: true}}\n",
		"web.csv":                "id,email,mail,mail_at\n1,ann@googlemail.com,true,2025-01-01\n",
	})
	p.run(t, "--as-of", "2025-01-10")
	p.edit(t, "{email: basic}", "{email: provider}")
	p.run(t, "--as-of", "2025-01-11")
	if got, want := p.read(t, "out/activation/letter/2025-01-11.csv"), "mail\nann@googlemail.com\n"; got != want {
		t.Errorf("the file is\n%s, want\n%s", got, want)
	}
	if got := p.read(t, "out/activation/letter/2025-01-11.changes.csv"); strings.Contains(got, "removed") {
		t.Errorf("of the file there is removed\n%s", got)
	}
}
