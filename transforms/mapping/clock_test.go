package mapping

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTimesFromTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		f    FieldSpec
		in   []string
		want []string
	}{
		{"ISO 8601", FieldSpec{}, []string{
			"2025-02-07T23:57:30.000000", "2025-02-07 23:57:30", "2025-02-07T23:57:30.123456789", "2025-02-07T23:57:30Z", "2025-02-07T23:57:30.5+05:30",
			"2025-02-07T23:57:30-0800", "2025-02-07 23:57:30 UTC", "2025-02-07", "2025-02-07T23:57", "20250207", "20250207T235730Z", "20250207235730", "2025/02/07 10:00", "07.02.2025 10:00", " 2025-02-07 "},
			[]string{"2025-02-07T20:57:30Z", "2025-02-07T20:57:30Z", "2025-02-07T20:57:30.123456Z", "2025-02-07T23:57:30Z", "2025-02-07T18:27:30.5Z",
				"2025-02-08T07:57:30Z", "2025-02-07T23:57:30Z", "2025-02-06T21:00:00Z", "2025-02-07T20:57:00Z", "2025-02-06T21:00:00Z", "2025-02-07T23:57:30Z", "2025-02-07T20:57:30Z", "2025-02-07T07:00:00Z", "2025-02-07T07:00:00Z", "2025-02-06T21:00:00Z"}},
		{"what is no time", FieldSpec{}, []string{"2025-02-29", "2025-13-01", "2025-00-10", "2025-01-32", "2025-01-01T24:00:00", "2025-01-01T10:60", "2025-01-01T10:00:60", "2025-01-01T10:00.5", "12/31/2025", "1735689600", "yesterday", "2025-01-01x", "2025-01-01T", "1850-01-01", ""},
			[]string{"- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)", "- implausible_time(t)", "-"}},
		{"counted in seconds", FieldSpec{Unit: "s"}, []string{"0", "1735689600", "1735689600.25", "-1", "x", "99999999999999"},
			[]string{"1970-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00.25Z", "1969-12-31T23:59:59Z", "- bad_time(t)", "- bad_time(t)"}},
		{"counted in milliseconds", FieldSpec{Unit: "ms"}, []string{"1735689600123"}, []string{"2025-01-01T00:00:00.123Z"}},
		{"counted in microseconds", FieldSpec{Unit: "us"}, []string{"1735689600123456"}, []string{"2025-01-01T00:00:00.123456Z"}},
		{"by a pattern", FieldSpec{Format: "%d/%m/%Y %H:%M"}, []string{"31/12/2025 10:05", "1/2/2025 9:05", "31/13/2025 10:05", "31/12/2025", "2025-01-01"},
			[]string{"2025-12-31T07:05:00Z", "2025-02-01T06:05:00Z", "- bad_time(t)", "- bad_time(t)", "- bad_time(t)"}},
		{"by a pattern with words", FieldSpec{Format: "%d %b %y %I:%M:%S.%f %p %z"}, []string{"03 Mar 25 12:05:06.25 AM +0300", "03 mar 68 01:00:00.0 PM Z", "03 Mar 25 13:05:06.2 AM Z"},
			[]string{"2025-03-02T21:05:06.25Z", "2068-03-03T13:00:00Z", "- bad_time(t)"}},
		{"by the day of the year", FieldSpec{Format: "%Y-%j"}, []string{"2025-060", "2024-366", "2025-366"}, []string{"2025-02-28T21:00:00Z", "2024-12-30T21:00:00Z", "- bad_time(t)"}},
		{"in the field's own zone", FieldSpec{Zone: "Asia/Tokyo"}, []string{"2025-01-01T09:00"}, []string{"2025-01-01T00:00:00Z"}},
		{"in spring the clock jumps forward", FieldSpec{Zone: "Europe/Berlin"}, []string{"2026-03-29T01:59:59", "2026-03-29T02:30", "2026-03-29T03:30", "2150-07-01T12:00"},
			[]string{"2026-03-29T00:59:59Z", "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z", "2150-07-01T10:00:00Z"}},
		{"in autumn the first of the two", FieldSpec{Zone: "Europe/Berlin"}, []string{"2026-10-25T01:30", "2026-10-25T02:30", "2026-10-25T03:00"},
			[]string{"2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.f.Field, c.f.Columns = "updated_at", []string{"t"}
			if diff := cmp.Diff(c.want, mapOne(t, ordersWith(c.f), "t", c.in...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every zone, over all years: what package time says, with our rule for the
// hours that are not there or there twice.
func TestZonesAgreeWithPackageTime(t *testing.T) {
	t.Parallel()
	zones := map[string]*zone{}
	for _, name := range []string{"", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu"} {
		z, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		zones[name] = z
	}
	rapid.Check(t, func(t *rapid.T) {
		for name, z := range zones {
			utc := rapid.Int64Range(firstDay*daySeconds+daySeconds, 4_500_000_000).Draw(t, "utc")
			if rapid.Bool().Draw(t, "at a change") {
				_, end := time.Unix(utc, 0).In(z.location).ZoneBounds()
				if !end.IsZero() {
					utc = end.Unix() + rapid.Int64Range(-7200, 7200).Draw(t, "around")
				}
			}
			_, offset := time.Unix(utc, 0).In(z.location).Zone()
			local := utc + int64(offset)
			if got := z.local(utc); got != local {
				t.Fatalf("%s: the clock shows %d at %d, want %d", name, got, utc, local)
			}
			hint := 0
			got := z.utc(local, &hint)
			if got > utc || z.local(got) != local {
				t.Fatalf("%s: reading %d is instant %d, it was taken at %d", name, local, got, utc)
			}
			if again := z.utc(local, &hint); again != got {
				t.Fatalf("%s: reading %d is %d, then %d", name, local, got, again)
			}
		}
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	s := ordersWith(FieldSpec{Field: "birth_date", Columns: []string{"d"}})
	s.Kind, s.Fields = 0, s.Fields[1:]
	got := mapContacts(t, s, "1993-12-17", "1993-12-17T23:59:59", "1993-12-17T23:59:59Z", "2025-02-29", "1899-12-31", "", "31.12.1999")
	want := []string{"1993-12-17", "1993-12-17", "1993-12-18", "- bad_date(d)", "- implausible_time(d)", "-", "1999-12-31"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNobodyIsBornAfterTheRun: a year of two digits is the last in which a
// birth can be, and any other time goes by POSIX.
func TestNobodyIsBornAfterTheRun(t *testing.T) {
	t.Parallel()
	s := ordersWith(FieldSpec{Field: "birth_date", Columns: []string{"d"}, Format: "%d/%m/%y"})
	s.Kind, s.Fields, s.AsOf = 0, s.Fields[1:], 20469 // 2026-01-16
	births := []string{"1/1/50", "31/12/68", "1/1/69", "15/1/26", "16/1/26", "17/1/26", "1/1/27", "29/2/28", "29/2/00", "30/2/28"}
	want := []string{"1950-01-01", "1968-12-31", "1969-01-01", "2026-01-15", "2026-01-16", "1926-01-17", "1927-01-01", "1928-02-29", "2000-02-29", "- bad_date(d)"}
	if diff := cmp.Diff(want, mapContacts(t, s, births...)); diff != "" {
		t.Error(diff)
	}
	s.Fields[0].Field = "created_at"
	if diff := cmp.Diff([]string{"2049-12-31T21:00:00Z", "1968-12-31T21:00:00Z"}, mapContacts(t, s, "1/1/50", "1/1/69")); diff != "" {
		t.Error(diff)
	}
	s.Fields[0].Field, s.Fields[0].Format = "birth_date", "%d/%m/%Y"
	if diff := cmp.Diff([]string{"2050-01-01"}, mapContacts(t, s, "1/1/2050")); diff != "" {
		t.Error(diff)
	}
}

func mapContacts(t *testing.T, s Spec, values ...string) []string {
	t.Helper()
	m := compiled(t, s, "")
	var out Mapped
	m.Map(table(m, append([]string{"d"}, values...)...), &out)
	return shown(&out)
}

func TestEveryDayOfTheCalendar(t *testing.T) {
	t.Parallel()
	day := time.Date(minYear, 1, 1, 0, 0, 0, 0, time.UTC)
	for want := int64(firstDay); day.Year() < 2110; want++ {
		y, m, d := day.Date()
		if got, ok := daysOf(y, int(m), d); !ok || got != want {
			t.Fatalf("%v is day %d, %v, want %d", day, got, ok, want)
		}
		if next := day.AddDate(0, 0, 1); next.Month() != m {
			if _, ok := daysOf(y, int(m), d+1); ok {
				t.Fatalf("%d-%d-%d is taken for a day", y, m, d+1)
			}
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestPatternsThatNameNoDay(t *testing.T) {
	for _, pattern := range []string{"%H:%M", "%Y-%m", "%d.%m", "%Y %", "%Y-%q-%d"} {
		if _, err := compileLayout(pattern); err == nil {
			t.Errorf("%s is taken", pattern)
		}
	}
}

// FuzzTime compares what is read with package time, in every layout that is
// promised; and what package time reads in the plainest must be read.
func FuzzTime(f *testing.F) {
	for _, s := range []string{"2025-02-07T23:57:30.000000", "2025-02-29", "20250207T235730Z", "31.12.2025 10:00", "2025-02-07 23:57:30+03:00", "2025-02-07T23:57:30,5 UTC"} {
		f.Add(s)
	}
	layouts := []string{}
	for _, day := range []string{"2006-01-02", "2006/01/02", "02.01.2006", "20060102"} {
		layouts = append(layouts, day)
		for _, sep := range []string{"T", "t", " ", ""} {
			for _, clock := range []string{"15:04:05", "15:04", "150405", "1504"} {
				for _, zone := range []string{"", "Z", "z", " UTC", " Z", "UTC", " z", "-07:00", "-0700", "-07", " -07:00", " -0700", " -07"} {
					layouts = append(layouts, day+sep+clock+zone)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := parseISO([]byte(s))
		for _, layout := range layouts {
			want, err := time.Parse(layout, s)
			if err != nil || want.Year() < 1 {
				continue
			}
			if !ok {
				if layout == "2006-01-02" || layout == "2006-01-02T15:04:05" {
					t.Fatalf("%q is refused", s)
				}
				continue
			}
			if got := (r.seconds-r.offset)*second + r.micros; got != want.UnixMicro() {
				t.Fatalf("%q is read as %d, want %d (%v)", s, got, want.UnixMicro(), want)
			}
			return
		}
		if ok && r.seconds >= firstDay*daySeconds {
			t.Fatalf("%q is read as %+v, package time knows no such layout", s, r)
		}
	})
}
