package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The readers of this file know the exports by their formats alone: the
// standard library's CSV, JSON and gzip, maps, no code of the package. They
// follow the words of the semantics the slow way.

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(path, ".gz") {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("%s: the gzip header holds a time or a name", path)
	}
	b, err = io.ReadAll(z)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return b
}

// table reads a CSV file: each row as column -> value, nil where the number
// of fields differs from the header's.
func table(t *testing.T, path string, comma rune) (rows []map[string]string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(content(t, path)))
	r.Comma, r.FieldsPerRecord = comma, -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, fields := range all[1:] {
		var row map[string]string
		if len(fields) == len(all[0]) {
			row = map[string]string{}
			for i, name := range all[0] {
				row[name] = fields[i]
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func list(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	sort.Strings(paths)
	return paths
}

// normal is a key in the form of the tables, "" where it makes no link.
func normal(kind, value string, blocked map[string]bool) string {
	digits := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, value)
	key := ""
	switch kind {
	case "e":
		if key = strings.ToLower(strings.TrimSpace(value)); !strings.Contains(key, "@") {
			return ""
		}
	case "p":
		switch {
		case len(digits) == 11 && digits[0] == '8':
			digits = "7" + digits[1:]
		case len(digits) == 10:
			digits = "7" + digits
		}
		if key = digits; len(key) != 11 {
			return ""
		}
	case "l":
		key = strings.TrimLeft(digits, "0")
	default:
		key = value
	}
	if key == "" || blocked[kind+":"+key] {
		return ""
	}
	return kind + ":" + key
}

func blockedKeys(t *testing.T, dir string) map[string]bool {
	set := map[string]bool{}
	for _, row := range table(t, filepath.Join(dir, "blocked.csv"), ',') {
		set[row["kind"][:1]+":"+row["value"]] = true
	}
	return set
}

// order is an order in force as the reader found it.
type order struct {
	Date, Kind, Channel, Key string
	Counted                  bool
	Amount                   int64
	keys                     []string
}

type version struct {
	updated, file string
	lines         map[string]map[string]string // row's text -> row
}

func (v version) text() string {
	var texts []string
	for text := range v.lines {
		texts = append(texts, text)
	}
	sort.Strings(texts)
	return strings.Join(texts, "\n")
}

func refuse(c *rowCounts, reason string, amount int64, readable bool) {
	c.Rejects++
	c.Reasons[reason]++
	c.Kopecks.Rejects += amount
	if !readable {
		c.Kopecks.Unreadable++
	}
}

// readTills reads all files of the tills into orders and counts of rows.
func readTills(t *testing.T, dir string) (map[string]order, rowCounts) {
	blocked := blockedKeys(t, dir)
	c := rowCounts{Reasons: map[string]int{}, Kopecks: &kopecks{}}
	versions := map[string][]version{}
	sum := func(v version) (s int64) {
		for _, row := range v.lines {
			n, _ := strconv.ParseInt(row["amount_kop"], 10, 64)
			s += n
		}
		return s
	}
	for _, path := range list(t, filepath.Join(dir, "exports/receipts/*.csv.gz")) {
		c.Files++
		day, err := time.Parse(time.DateOnly, strings.TrimSuffix(filepath.Base(path), ".csv.gz"))
		if err != nil {
			t.Fatal(err)
		}
		here := map[string]version{}
		for _, row := range table(t, path, ',') {
			c.Read++
			if row == nil {
				refuse(&c, "field_count", 0, false)
				continue
			}
			amount, err := strconv.ParseInt(row["amount_kop"], 10, 64)
			c.Kopecks.Read += amount
			at, badTime := time.Parse(time.DateTime, row["ts"])
			switch {
			case row["store_id"] == "T99":
				c.Filtered++
				c.Kopecks.Filtered += amount
				continue
			case err != nil:
				refuse(&c, "bad_amount", 0, false)
				continue
			case row["ts"] == "":
				refuse(&c, "missing_time", amount, true)
				continue
			case badTime != nil:
				refuse(&c, "bad_time", amount, true)
				continue
			case at.After(day.AddDate(0, 0, 3)):
				refuse(&c, "implausible_time", amount, true)
				continue
			}
			checkPrice(t, row, amount)
			v, ok := here[row["receipt_id"]]
			if !ok {
				v = version{updated: row["updated_at"], file: path, lines: map[string]map[string]string{}}
			}
			text := fmt.Sprint(row)
			if v.lines[text] != nil {
				c.Repeats++
				c.Kopecks.Repeats += amount
			}
			v.lines[text] = row
			here[row["receipt_id"]] = v
		}
		for id, v := range here {
			versions[id] = append(versions[id], v)
		}
	}
	orders := map[string]order{}
	for id, all := range versions {
		sort.Slice(all, func(i, j int) bool {
			return all[i].updated+all[i].file > all[j].updated+all[j].file
		})
		seen := map[string]bool{}
		for i, v := range all {
			switch {
			case i == 0:
				c.Kept += len(v.lines)
				c.Kopecks.Kept += sum(v)
			case seen[v.text()]:
				c.Repeats += len(v.lines)
				c.Kopecks.Repeats += sum(v)
			default:
				c.Superseded += len(v.lines)
				c.Kopecks.Superseded += sum(v)
			}
			seen[v.text()] = true
		}
		orders[id] = orderOf(all[0], sum(all[0]), blocked)
	}
	return orders, c
}

func orderOf(v version, amount int64, blocked map[string]bool) order {
	o := order{Amount: amount}
	positive := false
	for _, row := range v.lines {
		o.Date, o.Channel = row["ts"][:10], row["channel"]
		o.Kind = map[string]string{"S": "sale", "R": "return", "X": "cancelled"}[row["type"]]
		positive = positive || row["amount_kop"][0] != '-' && row["amount_kop"] != "0"
		o.keys = nil
		for _, k := range [][2]string{{"u", row["login"]}, {"l", row["card"]}, {"p", row["phone"]}, {"e", row["email"]}} {
			if key := normal(k[0], k[1], blocked); key != "" {
				o.keys = append(o.keys, key)
			}
		}
	}
	if len(o.keys) > 0 {
		o.Key = o.keys[0]
	}
	o.Counted = o.Kind == "sale" && positive
	return o
}

// checkPrice holds a line's amount to be quantity times price, rounded once,
// less the discount.
func checkPrice(t *testing.T, row map[string]string, amount int64) {
	quantity, price, discount := fixed(t, row["qty"], 3), fixed(t, row["price"], 2), fixed(t, row["discount"], 2)
	product := quantity * price
	half := int64(500)
	if product < 0 {
		half = -500
	}
	if want := (product+half)/1000 - discount; want != amount {
		t.Errorf("receipt %s line %s: %s x %s - %s is %d, the amount says %d", row["receipt_id"], row["line"], row["qty"], row["price"], row["discount"], want, amount)
	}
}

// fixed reads a decimal of at most that many places.
func fixed(t *testing.T, s string, places int) int64 {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > places {
		t.Fatalf("%s has more than %d places", s, places)
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", places-len(part)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type ga4 struct {
	Date      string `json:"event_date"`
	Timestamp string `json:"event_timestamp"`
	Name      string `json:"event_name"`
	Params    []struct {
		Key   string `json:"key"`
		Value struct {
			Double json.Number `json:"double_value"`
		} `json:"value"`
	} `json:"event_params"`
	User      string `json:"user_id"`
	Client    string `json:"user_pseudo_id"`
	Ecommerce struct {
		Transaction string      `json:"transaction_id"`
		Revenue     json.Number `json:"purchase_revenue"`
	} `json:"ecommerce"`
}

// readWeb reads all events that can be read.
func readWeb(t *testing.T, dir string) (events []ga4, c rowCounts) {
	c = rowCounts{Reasons: map[string]int{}, Kopecks: &kopecks{}}
	for _, path := range list(t, filepath.Join(dir, "exports/web/*.jsonl.gz")) {
		c.Files++
		day := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(path), ".jsonl.gz"), "-", "")
		for _, text := range strings.SplitAfter(string(content(t, path)), "\n") {
			if text == "" {
				continue
			}
			c.Read++
			var e ga4
			if json.Unmarshal([]byte(text), &e) != nil {
				refuse(&c, "bad_json", 0, false)
				continue
			}
			if e.Timestamp == "" {
				refuse(&c, "missing_time", 0, true)
				continue
			}
			micros, err := strconv.ParseInt(e.Timestamp, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if local := time.UnixMicro(micros).In(time.FixedZone("MSK", 3*3600)).Format("20060102"); local != day || e.Date != day {
				t.Errorf("%s: an event of %s, which calls itself %s", path, local, e.Date)
			}
			value := e.Ecommerce.Revenue
			for _, p := range e.Params {
				if p.Key == "value" && value == "" {
					value = p.Value.Double
				}
			}
			if value != "" {
				c.Kopecks.Kept += fixed(t, value.String(), 2)
			}
			c.Kept++
			events = append(events, e)
		}
	}
	c.Kopecks.Read = c.Kopecks.Kept
	return events, c
}

// readDumps reads the CRM's dumps, oldest first: rows as text by id.
func readDumps(t *testing.T, dir string) (dumps []map[string]map[string]string, c rowCounts) {
	c = rowCounts{Reasons: map[string]int{}}
	contents := map[string]bool{}
	for _, path := range list(t, filepath.Join(dir, "exports/crm/*.csv.gz")) {
		c.Files++
		dump := map[string]map[string]string{}
		for _, row := range table(t, path, ';') {
			c.Read++
			if row == nil {
				c.Rejects++
				c.Reasons["field_count"]++
				continue
			}
			if _, err := time.Parse(time.DateOnly, row["birth_date"]); row["birth_date"] != "" && err != nil {
				c.Rejects++
				c.Reasons["bad_date"]++
				continue
			}
			if dump[row["crm_id"]] != nil {
				t.Errorf("%s: contact %s twice", path, row["crm_id"])
			}
			dump[row["crm_id"]] = row
			contents[fmt.Sprint(row)] = true
		}
		dumps = append(dumps, dump)
	}
	c.Kept = len(dumps[len(dumps)-1])
	c.Superseded = len(contents) - c.Kept
	c.Repeats = c.Read - c.Rejects - len(contents)
	return dumps, c
}
