package contract

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// file is what was loaded of a Parquet file.
type file struct {
	hash string // of its bytes
	rows int64
	sums map[string]*big.Rat // of its decimal columns
	cols []string
}

func readParquet(data []byte) (f file, err error) {
	pq, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return f, err
	}
	f = file{hash: fmt.Sprintf("%x", sha256.Sum256(data)), rows: pq.NumRows(), sums: map[string]*big.Rat{}}
	for i, field := range pq.Schema().Fields() {
		f.cols = append(f.cols, field.Name())
		if !field.Leaf() || field.Type().LogicalType() == nil {
			continue
		}
		decimal, ok := field.Type().LogicalType().Value.(*format.DecimalType)
		if !ok {
			continue
		}
		leaf, _ := pq.Schema().Lookup(field.Name())
		var sum int64
		for _, g := range pq.RowGroups() {
			if err := eachValue(g.ColumnChunks()[leaf.ColumnIndex], func(v parquet.Value) { sum += v.Int64() }); err != nil {
				return f, fmt.Errorf("column %d: %w", i, err)
			}
		}
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimal.Scale)), nil)
		f.sums[field.Name()] = new(big.Rat).SetFrac(big.NewInt(sum), unit)
	}
	return f, nil
}

func eachValue(chunk parquet.ColumnChunk, do func(parquet.Value)) error {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		values := make([]parquet.Value, page.NumValues())
		n, err := page.Values().ReadValues(values)
		if err != nil && err != io.EOF {
			return err
		}
		for _, v := range values[:n] {
			if !v.IsNull() {
				do(v)
			}
		}
	}
}
