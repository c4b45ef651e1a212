package jsonl

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// BenchmarkRead reads web events in the shape of a GA4 export, about 700
// bytes each.
func BenchmarkRead(b *testing.B) {
	const events = 20_000
	var text strings.Builder
	for i := range events {
		fmt.Fprintf(&text, `{"event_date":"20250207","event_timestamp":"17389546500%05d","event_name":"page_view","event_params":[`+
			`{"key":"ga_session_id","value":{"string_value":null,"int_value":"%d","float_value":null,"double_value":null}},`+
			`{"key":"page_location","value":{"string_value":"https://shop.example.com/p/%d?utm_source=mail","int_value":null,"float_value":null,"double_value":null}},`+
			`{"key":"engagement_time_msec","value":{"string_value":null,"int_value":"12","float_value":null,"double_value":null}}],`+
			`"user_pseudo_id":"GA1.%d","device":{"category":"mobile","operating_system":"Android"},"geo":{"country":"Germany","city":"K\u00f6ln"}}`+"\n",
			i, i*31, i%900, i*7919)
	}
	path := filepath.Join(b.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	info, err := New().Inspect(context.Background(), path, rowfile.Options{})
	if err != nil {
		b.Fatal(err)
	}
	want := []string{"event_timestamp", "event_name", "event_params[ga_session_id]", "event_params[page_location]", "user_pseudo_id", "device.category", "geo.city"}
	b.SetBytes(info.Bytes)
	b.ReportAllocs()
	var k columns.Chunk
	for b.Loop() {
		rows := 0
		for _, block := range info.Blocks {
			r, err := New().Open(context.Background(), block, want)
			if err != nil {
				b.Fatal(err)
			}
			for err = r.Read(&k); err == nil; err = r.Read(&k) {
				rows += k.N
			}
			if err != io.EOF {
				b.Fatal(err)
			}
			if err := r.Close(); err != nil {
				b.Fatal(err)
			}
		}
		if rows != events {
			b.Fatalf("%d rows", rows)
		}
	}
}
