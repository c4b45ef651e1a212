package project

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/consent"
)

// Blocked is a value of a key that joins nobody, as the file has it.
type Blocked struct {
	Type  customer.KeyType
	Value string
}

// Rate is what one unit of a currency was worth on a day, in the project's
// currency: an exact decimal, as the file has it.
type Rate struct {
	Date     time.Time // a day at 00:00 UTC
	Currency string
	Rate     string
}

var blockedKinds = []string{"email", "phone", "loyalty_card", "login", "client_id", "contact_id"}

func (l *loader) blocked(at *config.Value) (all []Blocked) {
	l.table(at, []string{"kind", "value"}, func(row []string, bad func(column int, what, todo string)) {
		key, ok := customer.KeyTypeOf(row[0])
		if !ok {
			bad(0, quoted(row[0])+" is no kind of key", guess(row[0], blockedKinds, "the kinds are "))
			return
		}
		all = append(all, Blocked{Type: key, Value: row[1]})
	})
	return all
}

// Suppressed is an address that nothing is sent to, as the file has it.
type Suppressed struct {
	Type    customer.KeyType
	Value   string
	Channel string // "" for every one
	Reason  string
	Since   time.Time // a day at 00:00 UTC
}

func (l *loader) suppressed(at *config.Value) (all []Suppressed) {
	l.table(at, []string{"kind", "value", "channel", "reason", "since"}, func(row []string, bad func(column int, what, todo string)) {
		key, ok := customer.KeyTypeOf(row[0])
		since, err := time.Parse(time.DateOnly, row[4])
		switch {
		case !ok:
			bad(0, quoted(row[0])+" is no kind of key", guess(row[0], blockedKinds, "the kinds are "))
		case row[1] == "":
			bad(1, "the address is missing", "write it, or take the row out")
		case !slices.Contains(consent.Reasons(), row[3]):
			bad(3, quoted(row[3])+" is no reason", guess(row[3], consent.Reasons(), "the reasons are "))
		case err != nil:
			bad(4, quoted(row[4])+" is not a day", "write year-month-day, as 2025-12-31")
		default:
			all = append(all, Suppressed{key, row[1], consent.Channel(row[2]), row[3], since})
		}
	})
	return all
}

var positiveDecimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func (l *loader) rates(at *config.Value) (all []Rate) {
	seen := map[string]bool{}
	l.table(at, []string{"date", "currency", "rate"}, func(row []string, bad func(column int, what, todo string)) {
		day, err := time.Parse(time.DateOnly, row[0])
		_, known := customer.CurrencyScale(row[1])
		switch {
		case err != nil:
			bad(0, quoted(row[0])+" is not a day", "write year-month-day, as 2025-12-31")
		case !known:
			bad(1, quoted(row[1])+" is no ISO 4217 code", "write a code as EUR")
		case !positiveDecimal.MatchString(row[2]) || strings.Trim(row[2], "0.") == "":
			bad(2, quoted(row[2])+" is not a rate", "write a number above zero with a decimal point, as 98.5")
		case seen[row[0]+row[1]]:
			bad(0, "a second rate of "+row[1]+" on "+row[0]+" stands here", "keep one of them")
		default:
			seen[row[0]+row[1]] = true
			all = append(all, Rate{day, row[1], row[2]})
		}
	})
	return all
}

// table reads a small CSV file that the project names, and takes it into the
// hash of the configuration. Other columns may stand in it.
func (l *loader) table(at *config.Value, want []string, each func(row []string, bad func(column int, what, todo string))) {
	l.tableOf(at.Text(), func(why string) {
		l.say(at, "the file "+at.Text()+" cannot be read: "+why, "put it there, or mend the path: it is relative to the project file")
	}, want, each)
}

// tableOf is table for a file that need not be named in the project file.
func (l *loader) tableOf(name string, unread func(why string), want []string, each func(row []string, bad func(column int, what, todo string))) {
	l.named[l.p.from(".", name)] = true
	data, err := os.ReadFile(l.p.Path(name))
	if err != nil {
		unread(cause(err))
		return
	}
	l.rows(name, data, want, each)
}

// rows goes over a small CSV file.
func (l *loader) rows(name string, data []byte, want []string, each func(row []string, bad func(column int, what, todo string))) {
	say := func(line, col int, what, todo string) {
		l.faults = append(l.faults, fault.Fault{File: name, Line: line, Col: col, What: what, Todo: todo})
	}
	l.named[l.p.from(".", name)] = true
	l.count(name, data)
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	header, _ := reader.Read() // a broken header lacks its columns
	place := make([]int, len(want))
	for i, column := range want {
		if place[i] = slices.IndexFunc(header, func(h string) bool { return strings.TrimSpace(h) == column }); place[i] < 0 {
			say(1, 1, "the column "+column+" is not there", "write the header "+strings.Join(want, ","))
			return
		}
	}
	for {
		fields, err := reader.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &broken):
			say(broken.Line, broken.Column, "the row cannot be read: "+broken.Err.Error(), "write "+strings.Join(want, ",")+" with a comma between fields")
			return
		}
		row := make([]string, len(want))
		for i, p := range place {
			row[i] = strings.TrimSpace(fields[p])
		}
		each(row, func(column int, what, todo string) {
			line, col := reader.FieldPos(place[column])
			say(line, col, what, todo)
		})
	}
}
