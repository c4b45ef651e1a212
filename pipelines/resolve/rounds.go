package resolve

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var (
	hookStage   = work.Stage{Name: "hook", Run: hook, Outs: []flow.Port{"pulls", "labelled"}}
	shrinkStage = work.Stage{Name: "shrink", Run: shrink, Outs: []flow.Port{"links"}}
	labelStage  = work.Stage{Name: "label", Run: label, Outs: []flow.Port{"labels"}}
)

// maxRounds is how many rounds are worth building: a component is finished
// in as many as the length of its longest chain has binary digits, and some,
// and a customer whose keys hang together by a quarter of a million steps is
// none.
const maxRounds = 20

// Rounds is how many rounds find the components of at most so many keys, each
// of two shuffles.
func Rounds(keys int64) int { return min(maxRounds, bits.Len64(uint64(keys))+3) }

// longest is how long a chain of keys may be that so many rounds find the ends
// of.
func longest(rounds int) int { return 1 << max(0, rounds-3) }

// hook and shrink are the halves of a round over the keys of one shard; see
// identity.Hook.
func hook(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	words, err := readWords(in, shard, "ties", "links")
	if err != nil {
		return err
	}
	said := newWordWriter(w)
	var labelled []byte
	identity.Hook(words, said.say, func(node, smallest uint64) {
		labelled = binary.AppendUvarint(binary.AppendUvarint(labelled, node), smallest)
	})
	said.take(func(shard int, data []byte) { out.Emit("pulls", shard, data) })
	if labelled != nil {
		out.Emit("labelled", shard, labelled)
	}
	return nil
}

func shrink(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	words, err := readWords(in, shard, "pulls")
	if err != nil {
		return err
	}
	said := newWordWriter(w)
	identity.Shrink(words, said.say)
	said.take(func(shard int, data []byte) { out.Emit("links", shard, data) })
	return nil
}

// label brings what the rounds found into the form in which components gives
// it: of each key of one shard the place of its component's smallest key
// among all keys. Keys that no round heard of are by themselves.
func label(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	counts, bases, total, err := readCounts(w, in)
	if err != nil {
		return err
	}
	if total > math.MaxUint32 {
		return fmt.Errorf("%w: %d", identity.ErrTooManyKeys, total)
	}
	labels := beginLabels(w, bases[shard], counts[shard])
	head := len(labels)
	for n := range counts[shard] {
		labels = binary.LittleEndian.AppendUint32(labels, uint32(bases[shard]+n))
	}
	put := func(node, smallest uint64) error {
		n, of := node>>brief.BucketBits, int(smallest&(1<<brief.BucketBits-1))
		if n >= uint64(counts[shard]) || of >= len(counts) || smallest>>brief.BucketBits >= uint64(counts[of]) {
			return fmt.Errorf("a label names key %d or %d, which is not there", node, smallest)
		}
		binary.LittleEndian.PutUint32(labels[uint64(head)+4*n:], uint32(bases[of]+int(smallest>>brief.BucketBits)))
		return nil
	}
	err = in.Read("labelled", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			if err := put(d.Uvarint(), d.Uvarint()); err != nil {
				return err
			}
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	words, err := readWords(in, shard, "links")
	if err != nil {
		return err
	}
	unfinished, wrong := 0, error(nil)
	identity.Hook(words, func(identity.Word) { unfinished++ }, func(node, smallest uint64) {
		if err := put(node, smallest); err != nil {
			wrong = err
		}
	})
	if unfinished > 0 {
		return fault.With(fmt.Errorf("keys still find others of their customer after %d rounds: a chain of more than %d keys is no customer; "+
			"look for a value that everyone has and block it, or set components: in_memory: to more keys than there are", w.Rounds, longest(w.Rounds)), fault.Input)
	}
	if wrong != nil {
		return wrong
	}
	if len(labels) > 0 {
		out.Emit("labels", shard, labels)
	}
	return nil
}

// readCounts reads how many keys each shard has, and how many there are
// before them.
func readCounts(w *work.Worker, in *flow.Inputs) (counts, bases []int, total int, err error) {
	counts, bases = make([]int, w.Shards), make([]int, w.Shards)
	err = in.Read("nodecount", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		shard := d.Uvarint()
		if d.Err == nil && shard < uint64(len(counts)) {
			counts[shard] = int(d.Uvarint())
		}
		return d.Err
	})
	for s, n := range counts {
		bases[s] = total
		total += n
	}
	return counts, bases, total, err
}

// wordWriter collects what is said, by the shard of who is told.
type wordWriter struct{ shards [][]byte }

func newWordWriter(w *work.Worker) *wordWriter { return &wordWriter{make([][]byte, w.Shards)} }

func (ww *wordWriter) say(w identity.Word) {
	s := &ww.shards[w.To&(1<<brief.BucketBits-1)]
	*s = binary.AppendUvarint(*s, w.To>>brief.BucketBits<<3|uint64(w.Kind))
	*s = binary.AppendUvarint(*s, w.About)
}

func (ww *wordWriter) take(yield func(shard int, data []byte)) {
	for shard, data := range ww.shards {
		if len(data) > 0 {
			yield(shard, data)
		}
	}
}

// readWords reads what was said to the keys of one shard, sorted.
func readWords(in *flow.Inputs, shard int, ports ...flow.Port) (words []identity.Word, err error) {
	for _, p := range ports {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := work.Decoder{B: data}
			for d.More() {
				head := d.Uvarint()
				words = append(words, identity.Word{To: head>>3<<brief.BucketBits | uint64(shard), About: d.Uvarint(), Kind: identity.WordKind(head & 7)})
			}
			return d.Err
		})
		if err != nil {
			return nil, err
		}
	}
	return identity.SortWords(words), nil
}
