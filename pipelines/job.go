package pipelines

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/brief"
)

// briefFile is where the workers find what is asked of the night. In the job it
// would be in the graph once for each of its forty steps: with the files of some
// years more than a runner takes.
const briefFile = "brief.json"

// job is what the graph says of the night.
type job struct {
	Brief string
	Sum   string // SHA-256 of its bytes
	Salt  string // which no file of a run has
}

// jobOf writes the brief down and tells where it is.
func jobOf(n *brief.Night) ([]byte, error) {
	text, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write down the night: %w", err)
	}
	j := job{Brief: store.Join(n.Scratch, briefFile), Sum: sumOf(text), Salt: n.Salt}
	if err := store.Write(j.Brief, text); err != nil {
		return nil, fmt.Errorf("write down the night: %w", err)
	}
	return json.Marshal(j)
}

func sumOf(text []byte) string { return fmt.Sprintf("%x", sha256.Sum256(text)) }

// briefs are the nights that this process works on, by the text of their jobs:
// each is read once.
var briefs = struct {
	sync.Mutex
	of map[string]*brief.Night
}{of: map[string]*brief.Night{}}

// briefed is the night of a job. Those who share it leave it as it is.
func briefed(text []byte) (*brief.Night, error) {
	briefs.Lock()
	defer briefs.Unlock()
	if n := briefs.of[string(text)]; n != nil {
		return n, nil
	}
	var j job
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, fmt.Errorf("read the job: %w", err)
	}
	data, err := store.ReadFile(j.Brief)
	if err != nil {
		return nil, fmt.Errorf("read what is asked of the night: %w", err)
	}
	if sumOf(data) != j.Sum {
		return nil, fmt.Errorf("read what is asked of the night: the bytes of %s changed", j.Brief)
	}
	n := &brief.Night{}
	if err := json.Unmarshal(data, n); err != nil {
		return nil, fmt.Errorf("read what is asked of the night: %w", err)
	}
	n.Salt = j.Salt
	briefs.of[string(text)] = n
	return n, nil
}

// forget lets the night of a job go.
func forget(text []byte) {
	briefs.Lock()
	defer briefs.Unlock()
	delete(briefs.of, string(text))
}
