package flow

import (
	"context"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
)

// Load is what went to the keys of a stage: how evenly the work is spread,
// and what the shuffle before it carried. Of a runner that does not tell, it
// is zero; of one that tried a key twice, it may count it twice.
type Load struct {
	Keys         int64 `json:"keys"`
	Bytes        int64 `json:"bytes"`
	MostBytes    int64 `json:"most_bytes"`    // of one key
	MostElement  int64 `json:"most_element"`  // bytes that travelled as one element
	MostElements int64 `json:"most_elements"` // of one key
}

// loadMeter measures it: by Beam's own metrics, so that it is known of every
// worker wherever that ran.
type loadMeter struct{ keyBytes, keyElements, elementBytes beam.Distribution }

const loadSpace = "habitue.load"

func newLoadMeter(stage string) loadMeter {
	return loadMeter{beam.NewDistribution(loadSpace, stage+"/key_bytes"), beam.NewDistribution(loadSpace, stage+"/key_elements"), beam.NewDistribution(loadSpace, stage+"/element_bytes")}
}

// key tells of the batches of one key. What is sealed travels as its place.
func (m loadMeter) key(ctx context.Context, batches []Batch) {
	sum := int64(0)
	for i := range batches {
		b := batches[i].body
		sum += b.length
		travels := b.length
		if b.path != "" {
			travels = int64(len(b.path))
		}
		m.elementBytes.Update(ctx, travels)
	}
	m.keyBytes.Update(ctx, sum)
	m.keyElements.Update(ctx, int64(len(batches)))
}

// loadsOf reads what was measured, by stage; rounds of one stage are one.
func loadsOf(r beam.PipelineResult) map[string]Load {
	loads := map[string]Load{}
	if r == nil {
		return loads
	}
	for _, d := range r.Metrics().AllMetrics().Distributions() {
		if d.Key.Namespace != loadSpace {
			continue
		}
		stage, what, _ := strings.Cut(d.Key.Name, "/")
		l, v := loads[stage], d.Result()
		switch what {
		case "key_bytes":
			l.Keys += v.Count
			l.Bytes += v.Sum
			l.MostBytes = max(l.MostBytes, v.Max)
		case "key_elements":
			l.MostElements = max(l.MostElements, v.Max)
		case "element_bytes":
			l.MostElement = max(l.MostElement, v.Max)
		}
		loads[stage] = l
	}
	return loads
}
