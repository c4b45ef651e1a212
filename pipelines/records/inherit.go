package records

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/transforms/consent"
)

// inherit has all versions of the records of one shard that say that consent
// was given at some moment, and finds the addresses that it was not given of:
// those that come only after the first version that tells of it. Who gives a
// contact another address leaves its consent where it was, and its time too.
//
// To hold the consent against the time of the version that first has the address
// was rejected: a version is written anew for a phone or a name, and most
// consents are older than the version that tells of them.
func inherit(all []vow, to *addressWriter) {
	slices.SortFunc(all, func(a, b vow) int {
		return cmp.Or(given(&a, &b), cmp.Compare(min(a.file, 0), min(b.file, 0)), cmp.Compare(a.written, b.written), cmp.Compare(a.file, b.file), bytes.Compare(a.address, b.address))
	})
	for from := 0; from < len(all); {
		first, next, told := &all[from], from, map[string]bool{}
		for ; next < len(all) && given(first, &all[next]) == 0; next++ {
			v := &all[next]
			if told[string(v.address)] {
				continue
			}
			told[string(v.address)] = true
			if v.file == remembered && v.own || v.file != remembered && v.file == first.file && v.written == first.written {
				continue
			}
			to.sayOf(v.address, &consent.Statement{State: consent.Subscribed, At: v.at, Source: to.Sources[v.source].Name, Record: v.record, Past: true, Inherited: true})
		}
		from = next
	}
}

// given is 0 for vows that tell of the same consent, for addresses of a type.
func given(a, b *vow) int {
	return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.record, b.record), cmp.Compare(a.at, b.at), cmp.Compare(a.address[0], b.address[0]))
}
