package activate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/activation"
)

// post is a lake and a folder to which files are delivered.
type post struct {
	lake   lake.Lake
	folder string
}

func newPost(t *testing.T) *post {
	return &post{lake.Lake{Dir: filepath.Join(t.TempDir(), "lake")}, t.TempDir()}
}

// letter is a destination of that form and columns, as mail=address.
func letter(form, columns string) activation.Destination {
	d := activation.Destination{Name: "letter", Channel: "email", Address: "email", Form: activation.Forms[form]}
	for c := range strings.FieldsSeq(columns) {
		name, from, _ := strings.Cut(c, "=")
		d.Columns = append(d.Columns, activation.Column{Name: name, From: from})
	}
	return d
}

// fileOf is the file of a destination for people, as name@x.de; a name is what
// stands before the @.
func fileOf(d activation.Destination, people string) *File {
	f := &File{Destination: d}
	for address := range strings.FieldsSeq(people) {
		row := Row{Key: address}
		for _, c := range d.Columns {
			v, _, _ := strings.Cut(address, "@")
			if c.From == activation.FromAddress {
				v = d.Form.Of(d.Address, address)
			}
			row.Fields = append(row.Fields, v)
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// deliver sends a file for a day; the changes are its lines without the header.
func (p *post) deliver(f *File, day string, resend bool) (o Outcome, changes string, err error) {
	whole, diff := Path(p.folder, f.Destination.Name, day)
	o, err = Deliver(p.lake, Delivery{File: f, RunID: day + ".1", RunDate: day, SHA256: Sum(f.CSV()), Whole: whole, Changes: diff, Resend: resend})
	text, _ := os.ReadFile(diff)
	_, changes, _ = strings.Cut(string(text), "\n")
	return o, changes, err
}

func (p *post) delivers(t *testing.T, f *File, day string, resend bool, want string) {
	t.Helper()
	if _, changes, err := p.deliver(f, day, resend); err != nil || strings.TrimSpace(strings.ReplaceAll(changes, "\n", " ")) != want {
		t.Errorf("%s: changes %q, error %v; want %q", day, changes, err, want)
	}
}

// TestAnOlderFileIsSentOnlyWhereSomebodySaysSo: the destination has the newer
// one. Where it is sent all the same its changes are from what is there, and so
// are those of the next night.
func TestAnOlderFileIsSentOnlyWhereSomebodySaysSo(t *testing.T) {
	t.Parallel()
	p, d := newPost(t), letter("plain", "mail=address")
	p.delivers(t, fileOf(d, "ann@x.de bob@x.de"), "2025-01-10", false, "added,ann@x.de added,bob@x.de")
	p.delivers(t, fileOf(d, "ann@x.de cy@x.de dee@x.de"), "2025-01-12", false, "removed,bob@x.de added,cy@x.de added,dee@x.de")
	late := fileOf(d, "ann@x.de bob@x.de cy@x.de")
	if _, _, err := p.deliver(late, "2025-01-11", false); fault.CodeOf(err) != fault.Publish || !strings.Contains(err.Error(), "2025-01-12.1") || !strings.Contains(err.Error(), "--resend") {
		t.Errorf("an older file behind a newer one: %v", err)
	}
	if o, _, err := p.deliver(fileOf(d, "ann@x.de bob@x.de"), "2025-01-10", false); err != nil || o.Sent {
		t.Errorf("what was sent already: %+v, %v", o, err)
	}
	p.delivers(t, late, "2025-01-11", true, "added,bob@x.de removed,dee@x.de")
	p.delivers(t, fileOf(d, "ann@x.de cy@x.de"), "2025-01-13", false, "removed,bob@x.de")
}

// TestWhoLeftIsRemovedAfterAnEdit: the columns or the form of a destination are
// edited on the day on which Bob says no.
func TestWhoLeftIsRemovedAfterAnEdit(t *testing.T) {
	t.Parallel()
	const plain = "mail=address"
	hash := func(form, address string) string { return activation.Forms[form].Of("email", address) }
	for _, c := range []struct{ name, form, columns, toForm, toColumns, want string }{
		{"a column more", "plain", plain, "plain", "mail=address name=first_name", "added,ann@x.de,ann removed,bob@x.de, added,cy@x.de,cy"},
		{"another order", "plain", "name=first_name mail=address", "plain", "mail=address name=first_name", "added,ann@x.de,ann removed,bob@x.de,bob added,cy@x.de,cy"},
		{"no address", "plain", "id=customer_id", "plain", "id=customer_id name=first_name", "added,ann,ann removed,bob, added,cy,cy"},
		{"an address now", "plain", "id=customer_id", "plain", plain, "added,ann@x.de removed,bob@x.de added,cy@x.de"},
		{"hashes now: what was sent in the open is in no file of hashes", "plain", plain, "meta", plain,
			"added," + hash("meta", "ann@x.de") + " removed," + hash("meta", "bob@x.de") + " added," + hash("meta", "cy@x.de")},
		{"no hashes any more: the destination has nothing but the hash", "meta", plain, "plain", plain,
			"removed," + hash("meta", "ann@x.de") + " added,ann@x.de removed," + hash("meta", "bob@x.de") + " added,cy@x.de"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t)
			before, after := letter(c.form, c.columns), letter(c.toForm, c.toColumns)
			if _, _, err := p.deliver(fileOf(before, "ann@x.de bob@x.de"), "2025-01-11", false); err != nil {
				t.Fatal(err)
			}
			f := fileOf(after, "ann@x.de cy@x.de")
			last, err := Last(p.lake, "letter", "2025-01-12")
			if err != nil {
				t.Fatal(err)
			}
			if prepared := Compare(f, last); prepared.Since != "2025-01-11" || prepared.Removed == 0 {
				t.Errorf("the run prepares %+v", prepared)
			}
			p.delivers(t, f, "2025-01-12", false, c.want)
			p.delivers(t, fileOf(after, "ann@x.de"), "2025-01-13", false, "removed,"+strings.Join(fileOf(after, "cy@x.de").Rows[0].Fields, ","))
		})
	}
}

// TestAnAddressWrittenOtherwiseIsAnother: the file has another spelling of the
// same mailbox than the destination has.
func TestAnAddressWrittenOtherwiseIsAnother(t *testing.T) {
	t.Parallel()
	p, d := newPost(t), letter("plain", "mail=address")
	f := func(written string) *File {
		return &File{Destination: d, Rows: []Row{{"ann@gmail.com", []string{written}}, {"bob@x.de", []string{"bob@x.de"}}}}
	}
	p.delivers(t, f("ann@gmail.com"), "2025-01-10", false, "added,ann@gmail.com added,bob@x.de")
	p.delivers(t, f("ann+shop@gmail.com"), "2025-01-11", false, "removed,ann@gmail.com added,ann+shop@gmail.com")
}

// TestGoogleHasARowForAMailbox: two spellings are two addresses to whoever sends
// mail, and one hash to Google.
func TestGoogleHasARowForAMailbox(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]int{"google": 2, "meta": 3} {
		f := fileOf(letter(form, "mail=address"), "ann@gmail.com a.nn@gmail.com ann+shop@gmail.com taken@gmail.com ta.ken@gmail.com")
		f.settle(map[string]bool{"taken@gmail.com": true, "ann+shop@gmail.com": true})
		if len(f.Rows) != want || f.Repeated != 5-int64(want) || len(f.used) != 3 {
			t.Errorf("%s: %d rows %v, %d repeated, used %q", form, len(f.Rows), f.Rows, f.Repeated, f.used)
		}
	}
	p, d := newPost(t), letter("google", "mail=address")
	p.delivers(t, fileOf(d, "a.nn@gmail.com"), "2025-01-10", false, "added,"+d.Form.Of("email", "ann@gmail.com"))
	p.delivers(t, fileOf(d, "ann@gmail.com"), "2025-01-11", false, "")
}
