package nighttest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
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

// look opens a page in a frame of some width and gives its document once it was shown, what it fetched
// beside itself, and what it complained of.
func (b *browser) look(t *testing.T, page string, wide int) (document string, fetched, complaints []string) {
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
	c := exec.CommandContext(ctx, b.program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
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

// TestABrowserShowsTheReport wants no request, no complaint and nothing wider
// than the screen.
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
	page := string(p.page(t, "report.html").text)
	// The page has no script of its own: this one measures it.
	measured := strings.Replace(page, "</body>", `<script>parent.document.title = document.documentElement.scrollWidth + " of " + document.documentElement.clientWidth + ", " + getComputedStyle(document.querySelector(".big")).display + ", " + document.querySelectorAll("svg rect").length</script></body>`, 1)
	for _, wide := range []int{1280, 390} {
		document, fetched, complaints := b.look(t, measured, wide)
		if fetched != nil || complaints != nil {
			t.Errorf("%d wide: fetched %v, complained %v", wide, fetched, complaints)
		}
		title := regexp.MustCompile(`<title>(\d+) of (\d+), block, (\d+)</title>`).FindStringSubmatch(document)
		if title == nil || title[1] != title[2] || title[2] != fmt.Sprint(wide) || len(title[3]) < 3 {
			t.Errorf("%d wide: %q", wide, title)
		}
	}
	// What is there to be seen is seen.
	_, fetched, complaints := b.look(t, `<!DOCTYPE html><title>x</title><img src="/near.png"><img src="http://elsewhere.example/far.png"><script>console.error("oh"); nothing()</script>`, 1280)
	if len(fetched) < 2 || len(complaints) < 2 {
		t.Errorf("fetched %v, complained %v", fetched, complaints)
	}
}
