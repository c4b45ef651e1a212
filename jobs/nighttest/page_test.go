package nighttest

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// reportPage is a report as a reader has it.
type reportPage struct {
	text    []byte
	figures map[string]string // values by name
}

// page reads a report, and wants it to stand alone: it names nothing outside
// itself, and no figure or id twice. All of a drawing lies inside it, and a
// row of a table has no more and no fewer cells than its head.
func (p *place) page(t *testing.T, name string) *reportPage {
	t.Helper()
	text, err := os.ReadFile(p.path(name))
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	page := &reportPage{text, map[string]string{}}
	ids, links := map[string]bool{}, []string{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "iframe", "object", "embed", "base", "form":
			t.Errorf("%s: the page has a %s", name, n.Data)
		case "svg":
			inside(t, name, n)
		case "table":
			square(t, name, n)
		case "style":
			if outside.MatchString(n.FirstChild.Data) {
				t.Errorf("%s: the style names something outside: %s", name, outside.FindString(n.FirstChild.Data))
			}
		}
		named := attribute(n, "data-figure")
		if named != "" {
			if _, had := page.figures[named]; had {
				t.Errorf("%s: two figures are called %s", name, named)
			}
			page.figures[named] = attribute(n, "data-value")
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				if ids[a.Val] {
					t.Errorf("%s: the id %s is there twice", name, a.Val)
				}
				ids[a.Val] = true
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				links = append(links, a.Val[1:])
			case (a.Key == "href" || a.Key == "src" || a.Key == "srcset" || a.Key == "action" || a.Key == "poster" || a.Key == "data") && !strings.HasPrefix(a.Val, "data:"):
				t.Errorf("%s: %s names %s", name, n.Data, a.Val)
			case strings.HasPrefix(a.Key, "on"), a.Key == "style" && outside.MatchString(a.Val):
				t.Errorf("%s: %s has %s=%q", name, n.Data, a.Key, a.Val)
			}
		}
	}
	for _, l := range links {
		if !ids[l] {
			t.Errorf("%s: the link #%s leads nowhere", name, l)
		}
	}
	for _, broken := range []string{"ZgotmplZ", "NaN", "Inf%", "%!", "<nil>"} {
		if bytes.Contains(text, []byte(broken)) {
			t.Errorf("%s: the page has %s", name, broken)
		}
	}
	return page
}

// inside wants a drawing in percent of its place, so that its words stay as
// large as all others, and nothing of it where it is not seen.
func inside(t *testing.T, name string, svg *html.Node) {
	t.Helper()
	if attribute(svg, "viewbox") != "" || attribute(svg, "viewBox") != "" {
		t.Errorf("%s: a drawing has a scale of its own", name)
	}
	for n := range svg.Descendants() {
		at := map[string]float64{}
		for _, a := range n.Attr {
			if number, ok := strings.CutSuffix(a.Val, "%"); ok {
				v, err := strconv.ParseFloat(number, 64)
				if err != nil || v < 0 || v > 100 {
					t.Errorf("%s: a %s is drawn at %s=%q", name, n.Data, a.Key, a.Val)
				}
				at[a.Key] = v
			}
		}
		if at["x"]+at["width"] > 100.01 || at["y"]+at["height"] > 100.01 {
			t.Errorf("%s: a %s ends outside: %v", name, n.Data, at)
		}
	}
}

// square wants all rows of a table to have as many cells as the first.
func square(t *testing.T, name string, table *html.Node) {
	t.Helper()
	wide := 0
	for row := range table.Descendants() {
		if row.Data != "tr" {
			continue
		}
		cells := 0
		for cell := range row.ChildNodes() {
			if cell.Type == html.ElementNode {
				span, err := strconv.Atoi(attribute(cell, "colspan"))
				if err != nil {
					span = 1
				}
				cells += span
			}
		}
		if wide == 0 {
			wide = cells
		}
		if cells != wide {
			t.Errorf("%s: a row of a table has %d cells, the first has %d", name, cells, wide)
		}
	}
}

// outside is what makes a style fetch something.
var outside = regexp.MustCompile(`(?i)@import|url\(`)

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
