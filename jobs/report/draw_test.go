package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTextIsReadOnEveryTone wants a contrast of 4.5 to 1 of each tone of the
// style and the text on it, on a light and on a dark page.
func TestTextIsReadOnEveryTone(t *testing.T) {
	t.Parallel()
	text, err := files.ReadFile("page/style.css")
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`(?s):root \{.*?\}`).FindAllString(string(text), -1)
	if len(roots) != 2 {
		t.Fatalf("the style has %d sets of colours, not a light and a dark one", len(roots))
	}
	for dark, root := range roots {
		colour := func(name string) (c [3]float64) {
			found := regexp.MustCompile(`--` + name + `: (#[0-9a-f]{6}|\d+ \d+ \d+);`).FindStringSubmatch(root)
			if found == nil {
				t.Fatalf("%d: no colour %s", dark, name)
			}
			for i := range c {
				if hex, ok := strings.CutPrefix(found[1], "#"); ok {
					v, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
					c[i] = float64(v)
				} else {
					c[i], _ = strconv.ParseFloat(strings.Fields(found[1])[i], 64)
				}
			}
			return c
		}
		told := map[tone]bool{}
		for v := -1.0; v <= 1; v += 0.01 {
			one := toneOf(v)
			if told[one] {
				continue
			}
			told[one] = true
			ground, over := colour("card"), colour("heat")
			if strings.Contains(one.Shade, "loss") {
				over = colour("cold")
			}
			for i := range ground {
				ground[i] += (over[i] - ground[i]) * float64(one.Heat) / 10
			}
			ink := colour("on-heat")
			if strings.Contains(one.Shade, "hot") || dark == 1 && strings.Contains(one.Shade, "warm") {
				ink = colour("on-hot")
			}
			a, b := luminance(ground), luminance(ink)
			if c := (max(a, b) + 0.05) / (min(a, b) + 0.05); c < 4.5 {
				t.Errorf("%d: text on %+v has a contrast of %.2f", dark, one, c)
			}
		}
		if len(told) != 20 {
			t.Errorf("%d tones, want ten of gain and ten of loss", len(told))
		}
	}
}

// luminance is that of WCAG 2.2.
func luminance(c [3]float64) float64 {
	for i, v := range c {
		if v /= 255; v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

func TestBarsBeginAtZero(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values      []int64
		v           float64
		begin, long pct
	}{
		{[]int64{10, 40}, 10, 0, 25},
		{[]int64{-10, 30}, 30, 25, 75},
		{[]int64{-10, 30}, -10, 0, 25},
		{[]int64{-40, -10}, -10, 75, 25},
		{[]int64{0, 0}, 0, 0, 0},
		{nil, 5, 0, 0},
	} {
		if begin, long := around(c.values).bar(0, c.v); begin != c.begin || long != c.long {
			t.Errorf("%v of %v: %v long from %v, want %v from %v", c.v, c.values, long, begin, c.long, c.begin)
		}
	}
}
