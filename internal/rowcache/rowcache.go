// Package rowcache keeps what was read of a block of a file, so that the
// next run need not unpack and take the file apart again: the wanted columns
// as encoded chunks, with lines and refused rows.
//
// It promises that a reader cannot tell an entry from its file: rows, lines,
// refused rows and the text of any row are the same. An entry is named after
// all that it depends on (the hash of the file's bytes, the block, how it is
// read, the columns, the version of this form), is written under another
// name and renamed, and carries its own hash: one that is cut or changed is
// made anew. No entry is ever needed.
//
// Entries lie in folders by run, and a run that uses one takes it into its
// own. So what no run uses any more is what stays in older folders, whenever
// a run was killed. Going by the time of the last use was rejected: it needs
// a clock, and two of them where the disk is another machine's.
//
// Keeping the text of every row along was rejected too: few are ever asked
// for, and those are read from the file itself.
package rowcache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/klauspost/compress/zstd"
)

// version is of the form of an entry and of what readers make of a file: it
// goes up whenever either changes.
const version = 1

// Cache is the entries under a folder, as one run sees them. Many goroutines
// may use it.
type Cache struct {
	own    string   // folder of this run
	others []string // folders of earlier ones
	pack   *zstd.Encoder
	unpack *zstd.Decoder
}

// Open makes the cache ready for a run.
func Open(dir, run string) (*Cache, error) {
	c := &Cache{own: filepath.Join(dir, run)}
	if err := os.MkdirAll(c.own, 0o755); err != nil {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	runs, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	for _, r := range runs {
		if r.IsDir() && r.Name() != run {
			c.others = append(c.others, filepath.Join(dir, r.Name()))
		}
	}
	if c.pack, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2)); err != nil {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	if c.unpack, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2)); err != nil {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	return c, nil
}

// Keep deletes every entry that the run did not use.
func Keep(dir, run string) error {
	runs, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune the cache: %w", err)
	}
	for _, r := range runs {
		if r.Name() != run {
			if err := store.RemoveAll(filepath.Join(dir, r.Name())); err != nil {
				return fmt.Errorf("prune the cache: %w", err)
			}
		}
	}
	return nil
}

// Worth tells whether reading an entry is so much quicker than reading the
// block again that it is worth its place: packed CSV takes twice as long as
// its entry, JSON lines three times, packed or not, plain CSV a fifth longer
// (BenchmarkRead). Parquet is columns already.
func Worth(b rowfile.Block) bool {
	packed := b.Length < 0
	return b.Format == "jsonl" || b.Format == "csv" && packed
}

// entry is the name of what is kept of a block, without its path and its
// time: the same bytes under another path give the same rows.
func entry(sha256Of string, b rowfile.Block, want []string) string {
	b.Path, b.Stamp = "", rowfile.Stamp{}
	text, _ := json.Marshal(struct { // plain data
		Version int
		SHA256  string
		Block   rowfile.Block
		Want    []string
	}{version, sha256Of, b, want})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]) + ".chunks"
}

// find is where this run has the entry, taken over from an earlier run where
// that has it; "" where nobody has.
func (c *Cache) find(name string) string {
	own := filepath.Join(c.own, name)
	for _, o := range c.others {
		if err := os.Rename(filepath.Join(o, name), own); err == nil {
			return own
		}
	}
	if _, err := os.Stat(own); err != nil { // whatever is wrong with it, it can be made anew
		return ""
	}
	return own
}
