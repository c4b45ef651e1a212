package sample

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/habitue-data/habitue/jobs/draft"
)

// TestEncodings: what is no UTF-8 is Cyrillic where whole words are of other
// letters, and Western European where such letters stand among those of ASCII.
func TestEncodings(t *testing.T) {
	t.Parallel()
	far := "id;name\n"
	for i := range 400 {
		far += fmt.Sprintf("%d;%s\n", i, strings.Repeat("x", 60))
	}
	for _, c := range []struct {
		name, text string
		page       *charmap.Charmap
		want, last string
	}{
		{"German", "id;name;city\n1;Müller;Köln\n2;René;Düsseldorf\n3;Zoë;\n", charmap.Windows1252, "windows-1252", "Zoë"},
		{"French, with words of one letter", "id;name;city\n1;à;É\n2;Anaïs;Orléans\n3;Ève;à\n", charmap.Windows1252, "windows-1252", "Ève"},
		{"pounds", "id;price\n1;£5\n2;£6\n3;£7\n", charmap.Windows1252, "windows-1252", "£7"},
		{"German far below", far + "400;Jürgen\n", charmap.Windows1252, "windows-1252", "Jürgen"},
		{"Russian", "id;имя;город\n1;Анна;Москва\n2;И;Нижний Новгород\n3;Пётр;ул. Мира, 5а\n", charmap.Windows1251, "windows-1251", "Пётр"},
		{"Russian with Latin words", "id;товар\n1;Чехол iPhone X\n2;Кабель USB-C\n3;Мышь Logitech\n", charmap.Windows1251, "windows-1251", "Мышь Logitech"},
		{"Russian far below", far + "400;Анна\n", charmap.Windows1251, "windows-1251", "Анна"},
		{"UTF-8 with a broken row far below", "id;name\n0;Анна\n" + strings.TrimPrefix(far, "id;name\n") + "1;\xff\n3;Zoë\n", nil, "", "Zoë"},
	} {
		text := c.text
		if c.page != nil {
			var err error
			if text, err = c.page.NewEncoder().String(text); err != nil {
				t.Fatal(err)
			}
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Read(t.Context(), dir, draft.Family{Name: "x", Pattern: "x.csv", Paths: []string{"x.csv"}})
		if err != nil {
			t.Fatal(err)
		}
		if last := s.Columns[1].Values[s.Rows-1]; s.Encoding != c.want || last != c.last {
			t.Errorf("%s: %q, and the last name is %q", c.name, s.Encoding, last)
		}
	}
}
