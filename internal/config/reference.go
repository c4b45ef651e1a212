package config

import (
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
)

// World is where references in a file lead: ${env:NAME} and ${file:path}.
type World struct {
	Env  func(name string) (string, bool)
	File func(path string) ([]byte, error) // path as it stands in the file

	Closed bool // references in secrets are left as they stand: who only reads results needs none
}

// resolve puts in what the references of a text stand for; $${ is a plain
// ${. A file is read for secrets only: any text else that comes from a file
// would hide what the project says.
func (w World) resolve(text string, secret bool) (string, error) {
	if !strings.Contains(text, "${") || secret && w.Closed {
		return text, nil
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			b.WriteString(text)
			return b.String(), nil
		}
		if i > 0 && text[i-1] == '$' {
			b.WriteString(text[:i] + "{")
			text = text[i+2:]
			continue
		}
		b.WriteString(text[:i])
		inner, rest, closed := strings.Cut(text[i+2:], "}")
		if !closed {
			return "", problem{"a reference ${ is never closed", "put } after the name, or write $${ for a plain ${"}
		}
		kind, name, _ := strings.Cut(inner, ":")
		value, err := w.lookUp(kind, name, secret)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		text = rest
	}
}

func (w World) lookUp(kind, name string, secret bool) (string, error) {
	switch kind {
	case "env":
		value, ok := "", false
		if w.Env != nil {
			value, ok = w.Env(name)
		}
		if !ok {
			return "", problem{fmt.Sprintf("the environment variable %s is not set", name), "set it before the program starts"}
		}
		return value, nil
	case "file":
		if !secret {
			return "", problem{"${file:...} stands outside a secret", "only secrets are read from files; write the text here, or use ${env:NAME}"}
		}
		if w.File == nil {
			return "", problem{"${file:...} cannot be read here", "use ${env:NAME}"}
		}
		b, err := w.File(name)
		if err != nil {
			return "", problem{fmt.Sprintf("the file %s of a secret cannot be read", name), "put the secret there, readable for this user"}
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	todo := "write ${env:NAME} or ${file:path}, or $${ for a plain ${"
	if near := fault.Nearest(kind, []string{"env", "file"}); near != "" {
		todo = "did you mean ${" + near + ":" + name + "}?"
	}
	return "", problem{fmt.Sprintf("the reference ${%s:%s} is of no known kind", kind, name), todo}
}
