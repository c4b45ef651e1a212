package nighttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
)

// browser is headless Chromium, and what it was seen to ask for.
type browser struct{ program string }

// look opens a page in a frame of some width, on a light or a dark screen, and
// gives its document once it was shown, what it fetched beside itself, and
// what it complained of.
func (b *browser) look(t *testing.T, page string, wide int, dark bool) (document string, fetched, complaints []string) {
	t.Helper()
	var mu sync.Mutex
	seen := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		fetched = append(fetched, what)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/": // a window cannot be as narrow as a telephone, a frame can
			fmt.Fprintf(w, `<!DOCTYPE html><link rel="icon" href="data:,"><title></title><iframe src="/page" width="%d" height="2000" style="border: 0"></iframe>`, wide)
		case "/page":
			fmt.Fprint(w, page)
		default:
			seen(r.URL.Path)
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	// Everything else goes to a proxy that gives nothing away.
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !chatter.MatchString(r.Host) {
			seen(r.Host)
		}
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer proxy.Close()
	host, _, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	scheme := "--blink-settings=preferredColorScheme=1"
	if dark {
		scheme = "--blink-settings=preferredColorScheme=0"
	}
	c := exec.CommandContext(ctx, b.program, scheme, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
		"--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--proxy-server="+proxy.URL, "--proxy-bypass-list="+host, "--enable-logging=stderr", "--window-size=1400,2000", "--virtual-time-budget=5000", "--dump-dom", server.URL+"/")
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", b.program, err, errs.String())
	}
	for line := range strings.Lines(errs.String()) {
		if strings.Contains(line, ":CONSOLE") {
			complaints = append(complaints, strings.TrimSpace(line))
		}
	}
	return out.String(), fetched, complaints
}

// chatter is where Chromium goes by itself, whatever page it shows and however
// often it is told not to.
var chatter = regexp.MustCompile(`(^|\.)(google|googleapis|gvt1|gstatic)\.com(:443)?$`)

// seen is what testdata/seen.js says of a page.
type seen struct {
	Wide          int
	Dark          bool
	Words, Shapes int
	Wrong         []string
}

// see measures a page, which has no script of its own.
func (b *browser) see(t *testing.T, name, page string, wide int, dark bool) (s seen) {
	t.Helper()
	script, err := os.ReadFile("testdata/seen.js")
	if err != nil {
		t.Fatal(err)
	}
	document, fetched, complaints := b.look(t, strings.Replace(page, "</body>", "<script>"+string(script)+"</script></body>", 1), wide, dark)
	if fetched != nil || complaints != nil {
		t.Errorf("%s, %d wide: fetched %v, complained %v", name, wide, fetched, complaints)
	}
	_, title, _ := strings.Cut(document, "<title>")
	title, _, _ = strings.Cut(title, "</title>")
	if err := json.Unmarshal([]byte(html.UnescapeString(title)), &s); err != nil || s.Wide != wide || s.Dark != dark {
		t.Fatalf("%s, %d wide: %v in %q", name, wide, err, title)
	}
	return s
}

// TestABrowserShowsTheReport wants no request and no complaint, and of the
// shop and of an odd one nothing wider than the screen, small, pale or cut.
func TestABrowserShowsTheReport(t *testing.T) {
	t.Parallel()
	b := &browser{}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			b.program = path
			break
		}
	}
	if b.program == "" {
		t.Skip("no Chromium here, so no browser looks at the report: apt install chromium")
	}
	p := shopPlace(t)
	p.run(t, "--as-of", lastDay)
	p.habitue(t, fault.OK, "report")
	shop, odd := string(p.page(t, "report.html").text), oddReport(t)
	for _, c := range []struct {
		name, page string
		wide       int
		dark       bool
	}{{"the shop", shop, 1280, false}, {"the shop", shop, 375, true}, {"the odd shop", odd, 1280, true}, {"the odd shop", odd, 375, false}} {
		if s := b.see(t, c.name, c.page, c.wide, c.dark); len(s.Wrong) > 0 || s.Words < 500 || s.Shapes < 80 {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
	// What is there to be seen is seen.
	bad := `<!DOCTYPE html><body><style>svg { width: 200px; height: 50px }</style><p>a<i style="white-space: nowrap; margin-left: 2000px">word</i></p><p style="font-size: 9px">tiny</p><p style="color: #999">grey</p>
<svg><text x="5" y="20">one</text><text x="9" y="20">two</text><text x="190" y="20">edge</text><rect width="110%" height="9"/></svg></body>`
	said := strings.Join(b.see(t, "a bad page", bad, 1280, false).Wrong, "; ")
	for _, want := range []string{"it scrolls sideways", "cut off: word", "small, 9: tiny", "pale: grey", "lies on others: two", "cut off: edge", "drawn outside: <rect"} {
		if !strings.Contains(said, want) {
			t.Errorf("a bad page: no %q in %s", want, said)
		}
	}
	_, fetched, complaints := b.look(t, `<!DOCTYPE html><title>x</title><img src="/near.png"><img src="http://elsewhere.example/far.png"><script>console.error("oh"); nothing()</script>`, 1280, false)
	if len(fetched) < 2 || len(complaints) < 2 {
		t.Errorf("fetched %v, complained %v", fetched, complaints)
	}
}

// oddReport is that of a shop where more came back than was sold, that had
// months without a new buyer, customers who brought from ones to millions, and
// words without an end.
func oddReport(t *testing.T) string {
	t.Helper()
	var crm, desk strings.Builder
	crm.WriteString("id,email,at,ok\n")
	desk.WriteString("id,at,email,amount\n")
	for i := range 60 {
		first := time.Date(2023, time.Month(1+5*(i%6)), 1+i%20, 10, 0, 0, 0, time.UTC)
		fmt.Fprintf(&crm, "C%d,u%d@x.de,2023-01-01T10:00:00,yes\n", i, i)
		amount := []int{1, 2, 5}[i%3] * int(math.Pow10(i%7))
		fmt.Fprintf(&desk, "A%d,%s,u%d@x.de,%d\nB%d,%s,u%d@x.de,7\n", i, first.Format(time.RFC3339), i, amount, i, first.AddDate(0, i%25, 0).Format(time.RFC3339), i)
	}
	for i := range 50 {
		fmt.Fprintf(&desk, "R%d,%s,u1@x.de,%d\n", i, time.Date(2025, 12, 30, 10, 0, 0, 0, time.UTC).AddDate(0, 0, -7*i).Format(time.RFC3339), 500-200000*(i+1))
	}
	endless := strings.Repeat("endless", 30)
	p := newPlace(t, map[string]string{"crm.csv": crm.String(), "desk.csv": desk.String(),
		"segments/" + endless[:60] + ".yaml": "segment: " + endless[:60] + "\ngoal: https://x.example/" + endless + "\ntreatment: " + endless + "\nowner: " + endless + "\nwhen: {all: [{orders_placed: {count: {ge: 1}}}]}\n",
		"habitue.yaml": "project: odd\ntimezone: UTC\ncurrency: EUR\nreport: report.html\nactivation: [{name: " + endless[:60] + ", segments: " + endless[:60] + ", channel: email, purpose: marketing, columns: {email: address}}]\nsources:\n" +
			"  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, created_at: at, consent.email: ok}}\n" +
			"  - {name: desk, kind: csv, path: desk.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, amount: amount}}\n"})
	p.run(t, "--as-of", lastDay, "--no-gates")
	return string(p.page(t, "report.html").text)
}
