package badtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// badCase is a file of testdata/bad: what is done to a good project, and
// what must come of it.
type badCase struct {
	path    string
	args    []string          // of the command, "run --as-of 2025-12-31" unless said
	env     map[string]string //
	prepare [][]string        // what is done to the files before
	exit    string            // name of the exit code, "ok" unless said
	says    []string          // each a part of a line on stderr
	rejects []string          // SOURCE FILE:LINE COLUMN REASON, all of them
	rows    map[string]string // of a source: counts as "read=4 kept=3 rejects=1"; the others are 0
	files   []txtar.File      // laid over the good project
}

// parseCase reads a case. Its comment has a directive a line; lines that
// begin with # are for people.
func parseCase(path string) (c badCase, err error) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		return c, err
	}
	c = badCase{path: path, args: []string{"run", "--as-of", "2025-12-31", "--json"}, env: map[string]string{}, exit: "ok", rows: map[string]string{}, files: a.Files}
	for line := range strings.Lines(string(a.Comment)) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "", "#":
		case "args":
			c.args = strings.Fields(rest)
		case "env":
			name, value, _ := strings.Cut(rest, "=")
			c.env[name] = value
		case "exit":
			c.exit = rest
		case "says":
			c.says = append(c.says, rest)
		case "reject":
			c.rejects = append(c.rejects, rest)
		case "rows":
			name, counts, _ := strings.Cut(rest, " ")
			c.rows[name] = counts
		default:
			if preparations[word] == nil {
				return c, fmt.Errorf("%s: no directive is called %q", path, word)
			}
			c.prepare = append(c.prepare, strings.Fields(line))
		}
	}
	return c, nil
}

// rewrite puts what was told in place of what the case says.
func (c *badCase) rewrite(told string) error {
	a, err := txtar.ParseFile(c.path)
	if err != nil || c.exit == "ok" {
		return err
	}
	var comment strings.Builder
	for line := range strings.Lines(string(a.Comment)) {
		if !strings.HasPrefix(line, "says ") {
			comment.WriteString(line)
		}
		if strings.HasPrefix(line, "exit ") {
			for line := range strings.Lines(told) {
				comment.WriteString("says " + line)
			}
		}
	}
	a.Comment = []byte(comment.String())
	return os.WriteFile(c.path, txtar.Format(a), 0o644)
}

// lay writes files into a project folder.
func lay(dir string, files []txtar.File) error {
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
