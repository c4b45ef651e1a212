package config

import (
	"bytes"
	"errors"
	"io"

	"github.com/habitue-data/habitue/internal/fault"
	"go.yaml.in/yaml/v4"
)

// Parse reads a file's bytes against the spec of its root. The value is nil
// only where the bytes are no YAML at all; else it holds what could be read,
// so that whoever asks on finds the faults of the rest too.
func Parse(file string, data []byte, spec *Spec, world World) (*Value, fault.List) {
	root, faults := load(file, data)
	if faults != nil {
		return nil, faults
	}
	w := walker{file: file, world: world}
	v := w.walk(root, spec, "", true)
	w.faults.Sort()
	return v, w.faults
}

// load gives the root node of the one document.
func load(file string, data []byte) (*yaml.Node, fault.List) {
	if f, bad := unreadable(data); bad {
		f.File = file
		return nil, fault.List{f}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, fault.List{{File: file, Line: 1, Col: 1, What: "the file is empty", Todo: "write the keys that it needs"}}
	}
	if err == nil {
		err = decoder.Decode(&second)
		if err == nil {
			return nil, fault.List{{File: file, Line: second.Line, Col: second.Column, What: "a second document starts here", Why: "a file holds one", Todo: "take the line --- out"}}
		}
	}
	if !errors.Is(err, io.EOF) && err != nil {
		f := plain(err, data)
		f.File = file
		return nil, fault.List{f}
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, fault.List{{File: file, Line: 1, Col: 1, What: "the file is empty", Todo: "write the keys that it needs"}}
	}
	return doc.Content[0], nil
}
