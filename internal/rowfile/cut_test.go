package rowfile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func cut(text string, piece, block int64, quoted bool) (string, []Range, error) {
	hash, ranges, lines, err := Lines{File: strings.NewReader(text), Path: "x", Size: int64(len(text)), Piece: piece, Block: block,
		FirstLine: 1, Quoted: quoted, Delimiter: ','}.Cut(context.Background())
	if err == nil && lines != int64(strings.Count(text, "\n"))+1 {
		return "", nil, fmt.Errorf("%q has %d lines", text, lines)
	}
	return hash, ranges, err
}

func TestCutAtRowEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		quoted     bool
		want       []string
		lines      []int64
	}{
		{"lines", "aaa\nbb\nc\ndddd\n", false, []string{"aaa\n", "bb\nc\n", "dddd\n"}, []int64{1, 2, 4}},
		{"no newline at the end", "aaaa\nbb", false, []string{"aaaa\n", "bb"}, []int64{1, 2}},
		{"one long line", "aaaaaaaaaaaa", false, []string{"aaaaaaaaaaaa"}, []int64{1}},
		{"a newline inside quotes", "\"a\nb\nc\",d\ne\n", true, []string{"\"a\nb\nc\",d\n", "e\n"}, []int64{1, 4}},
		{"a quote that is text", "a\"b\nc\nd\ne\n", true, []string{"a\"b\n", "c\nd\n", "e\n"}, []int64{1, 2, 4}},
		{"a quote that closes in another row", "\"a\nb\n\"c\"\nd\n", true, []string{"\"a\nb\n\"c\"\n", "d\n"}, []int64{1, 4}},
		{"doubled quotes", "\"a\"\"\nb\"\nc\n", true, []string{"\"a\"\"\nb\"\n", "c\n"}, []int64{1, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for piece := int64(1); piece <= 4; piece++ {
				_, ranges, err := cut(c.text, piece, 4, c.quoted)
				if err != nil {
					t.Fatal(err)
				}
				if piece > 1 {
					checkWhole(t, c.text, ranges)
					continue
				}
				var got []string
				var lines []int64
				for _, r := range ranges {
					got, lines = append(got, c.text[r.Offset:r.Offset+r.Length]), append(lines, r.FirstLine)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(c.lines, lines); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// checkWhole makes sure that blocks follow one another, behind a newline
// each, under the line where they stand.
func checkWhole(t *testing.T, text string, ranges []Range) {
	t.Helper()
	at := int64(0)
	for _, r := range ranges {
		before := text[:r.Offset]
		if r.Offset != at || r.Length <= 0 || r.FirstLine != int64(strings.Count(before, "\n"))+1 || before != "" && before[len(before)-1] != '\n' {
			t.Errorf("%q: block %+v behind %d", text, r, at)
		}
		at = r.Offset + r.Length
	}
	if at != int64(len(text)) {
		t.Errorf("%q: the last block ends at %d", text, at)
	}
}

func TestAnOpenQuoteIsPlaced(t *testing.T) {
	t.Parallel()
	for _, piece := range []int64{1, 2, 5, 100} {
		_, _, err := cut("a,b\nü,\"x\"\nüü,\"y\nz\n", piece, 4, true)
		var open *OpenQuote
		if !errors.As(err, &open) || open.Line != 3 || open.Col != 4 {
			t.Errorf("pieces of %d: %v", piece, err)
		}
	}
}

func TestContentHashIsOverHashesOfPieces(t *testing.T) {
	t.Parallel()
	got, _, err := cut("abcde", 3, 3, false)
	if err != nil {
		t.Fatal(err)
	}
	a, b := sha256.Sum256([]byte("abc")), sha256.Sum256([]byte("de"))
	want := sha256.Sum256(append(a[:], b[:]...))
	if got != hex.EncodeToString(want[:]) {
		t.Errorf("got %s, want %x", got, want)
	}
}

func TestCutStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, _, err := Lines{File: strings.NewReader("a\n"), Size: 2, Piece: 1, Block: 1}.Cut(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
