package nighttest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// tiedKeys reads the shop's exports with the standard library and gives the
// keys that each row ties. bad are the places of rows that cannot be used,
// keys those that are any: all others are typing errors and blocked values.
func tiedKeys(t testing.TB, p *place, bad map[string]bool, keys map[string]bool) (tied [][]string) {
	t.Helper()
	add := func(named ...string) {
		var good []string
		for _, k := range named {
			if keys[k] {
				good = append(good, k)
			}
		}
		if good != nil {
			tied = append(tied, good)
		}
	}
	eachCSV(t, p, "exports/crm/"+lastDay+".csv.gz", ';', bad, func(row func(string) string) {
		add("c:"+row("crm_id"), emailKey(row("email")), phoneKey(row("phone")), cardKey(row("card")), "u:"+row("web_login"))
	})
	receipts, err := filepath.Glob(p.path("exports/receipts/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range receipts {
		eachCSV(t, p, "exports/receipts/"+filepath.Base(path), ',', bad, func(row func(string) string) {
			if row("store_id") != "T99" {
				add(cardKey(row("card")), phoneKey(row("phone")), emailKey(row("email")), "u:"+row("login"))
			}
		})
	}
	for _, source := range []string{"helpdesk", "feedback", "loyalty"} {
		names, err := filepath.Glob(p.path("exports/" + source + "/*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range names {
			eachCSV(t, p, "exports/"+source+"/"+filepath.Base(path), ',', bad, func(row func(string) string) {
				add(emailKey(row("email")+row("requester_email")), phoneKey(row("requester_phone")), cardKey(row("card")))
			})
		}
	}
	mail, err := filepath.Glob(p.path("exports/mail/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range mail {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range bytes.Split(unzip(t, data), []byte("\n")) {
			var e struct{ Email string }
			if json.Unmarshal(line, &e) == nil {
				add(emailKey(e.Email))
			}
		}
	}
	web, err := filepath.Glob(p.path("exports/web/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range web {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range bytes.Split(unzip(t, data), []byte("\n")) {
			var e struct {
				Cookie string `json:"user_pseudo_id"`
				Login  string `json:"user_id"`
				At     string `json:"event_timestamp"`
			}
			if json.Unmarshal(line, &e) == nil && e.At != "" {
				add("w:"+e.Cookie, "u:"+e.Login)
			}
		}
	}
	return tied
}

// eachCSV gives the good rows of a packed CSV file.
func eachCSV(t testing.TB, p *place, name string, comma rune, bad map[string]bool, yield func(row func(string) string)) {
	t.Helper()
	data, err := os.ReadFile(p.path(name))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(unzip(t, data)))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if line, _ := r.FieldPos(0); bad[name+":"+strconv.Itoa(line)] {
			continue
		}
		yield(func(column string) string {
			for i, h := range head {
				if h == column && i < len(row) {
					return row[i]
				}
			}
			return ""
		})
	}
}

func emailKey(raw string) string { return "e:" + strings.ToLower(strings.TrimSpace(raw)) }

func cardKey(raw string) string { return "l:" + strings.TrimLeft(digits(raw), "0") }

func phoneKey(raw string) string {
	d := digits(raw)
	switch {
	case len(d) == 10:
		d = "7" + d
	case len(d) == 11 && d[0] == '8':
		d = "7" + d[1:]
	}
	return "p:" + d
}

func digits(raw string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, raw)
}
