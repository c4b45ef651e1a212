package night

import (
	"context"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/transforms/delivery"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// arrival is a row of the ledger of deliveries: a version came to a path on
// a day. One that came back after another is there once for each time. One
// without a hash came not: the night of that day was run without the file.
type arrival struct {
	source, path, sha256 string
	bytes                int64
	delivered            int32
	known                int32 // first day that knows of it
}

// ledgers are the runs whose ledgers the night rests on: the run before has
// them as they stood then, the line's end of a rerun has what came to be known
// since, and all that is left where earlier runs were pruned.
func (n *Night) ledgers() (runs []*lake.Manifest) {
	for _, m := range []*lake.Manifest{n.end, n.previous} {
		if m != nil {
			runs = append(runs, m)
		}
	}
	return runs
}

// customers is the ledger of customers that the night rests on, nil where
// nobody was here before.
func (n *Night) customers() (*brief.Ledger, error) {
	if n.previous == nil && n.end == nil {
		return nil, nil
	}
	known := func(m *lake.Manifest) *brief.Known {
		if m == nil {
			return nil
		}
		return &brief.Known{CustomerIDs: m.Tables["customer_ids"], CustomerKeys: m.Tables["customer_keys"]}
	}
	l := &brief.Ledger{Before: known(n.previous), End: known(n.end)}
	if n.end != nil {
		day, err := customer.ParseDay(n.end.RunDate)
		if err != nil {
			return nil, err
		}
		l.EndDay = day
	}
	return l, nil
}

// saidTable is what was said of addresses, which the next night rests on.
const saidTable = "consent_statements"

// remember adds what the run before knows of what was said of addresses. Files
// that it too found replaced are not heard again: what they say is in there,
// unless the project file, by which it was understood, is another now.
//
// What the line's end knows is left out: of a no it does not tell which night
// came to know of it.
func (n *Night) remember(s *brief.Night) {
	if !s.WantsConsents() {
		return
	}
	s.Tables[saidTable] = nil
	if n.previous == nil {
		return
	}
	t, ok := n.previous.Tables[saidTable]
	if !ok {
		return
	}
	s.Said = &t
	if n.previous.ConfigSHA256 != n.Manifest.ConfigSHA256 {
		return
	}
	known := n.readBefore()
	last := map[string]int{} // of the versions that the run before read, the last of each source, or of each part
	part := func(v *version) string {
		if n.Project.Sources[v.source].Delivery == project.Full {
			return n.Project.Sources[v.source].Name
		}
		return n.Project.Sources[v.source].Name + "/" + v.Path
	}
	day, _ := customer.ParseDay(n.previous.RunDate) // it was read when the night was prepared
	for _, v := range n.plan.versions {
		if v.file >= 0 && known[v.Path+v.SHA256] && v.Delivered <= day {
			last[part(v)] = max(last[part(v)], v.Order)
		}
	}
	for _, v := range n.plan.versions {
		if v.file >= 0 && !namesContacts(&n.Project.Sources[v.source]) && v.Verdict == delivery.Replaced && known[v.Path+v.SHA256] && v.Order < last[part(v)] {
			s.Files[v.file].Heard = true
		}
	}
}

// namesContacts tells whether rows of a source say which addresses a contact
// has, or may speak of a contact and no address. consent_statements has what
// reached an address, so these are heard as long as their files are there.
func namesContacts(s *project.Source) bool {
	return s.Kind == customer.Contact || slices.ContainsFunc(s.Mapping.Fields, func(f mapping.FieldSpec) bool { return f.Field == "contact_id" })
}

// readBefore are the versions that the run before read, by path and hash.
func (n *Night) readBefore() map[string]bool {
	if n.known == nil { // each source asks
		n.known = map[string]bool{}
		if n.previous != nil {
			for _, in := range n.previous.Inputs {
				n.known[in.Path+in.SHA256] = true
			}
		}
	}
	return n.known
}

// readArrivals reads the ledgers of deliveries of some runs, in order, as one:
// what a later one repeats is left out.
func readArrivals(ctx context.Context, l lake.Lake, runs ...*lake.Manifest) (all []arrival, err error) {
	want := []string{"source", "path", "content_sha256", "bytes", "delivered_date", "known_date"}
	known := map[arrival]bool{}
	for _, m := range runs {
		err := l.ReadTable(ctx, *m, "deliveries", want, func(k *columns.Chunk) error {
			for i := range k.N {
				text := func(c int) string { b, _ := k.Cols[c].Bytes(i); return string(b) }
				a := arrival{text(0), text(1), text(2), k.Cols[3].Ints[i], int32(k.Cols[4].Ints[i]), int32(k.Cols[5].Ints[i])}
				if !known[a] {
					known[a] = true
					all = append(all, a)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// arrived makes of the files that are there, and of what the ledger knows, a
// version for each time that one came, in the order in which they did.
//
// What a path holds now came with its last arrival that the ledger has. Where
// that is another version, or none, it came since: on the day of the run where
// its name has no day, or one on which a run looked for it in vain; else on the
// day in its name, yet never before what it took the place of: a rerun of an
// earlier day does not move what the line knows of later ones.
//
// A dump of everything that comes late is dated by its name all the same: the
// name says which dump is the newer. But no day before the one that found it
// knows of it, nor does a night that was run without it.
func (pl *planner) arrived(present []*version) (all []*version) {
	type place struct {
		source int
		path   string
	}
	type content struct {
		place
		sha256 string
	}
	here, last := map[place]*version{}, map[place]*version{}
	lookedFor := map[int]bool{} // sources that were there before
	for _, v := range present {
		here[place{v.source, v.Path}] = v
	}
	for i := range pl.ledger {
		a := &pl.ledger[i]
		s := slices.IndexFunc(pl.project.Sources, func(s project.Source) bool { return s.Name == a.source })
		if s < 0 {
			continue // a source that the project no longer has
		}
		if a.sha256 == "" {
			continue
		}
		lookedFor[s] = true
		at := place{s, a.path}
		v := &version{source: s, bytes: a.bytes, file: -1}
		if now := here[at]; now != nil && now.SHA256 == a.sha256 {
			*v = *now
		} else {
			v.Path, v.SHA256, v.named = a.path, a.sha256, namedDay(pl.project.Sources[s].DateOf(a.path))
		}
		v.Delivered, v.Known = a.delivered, a.known
		all = append(all, v)
		if old := last[at]; old == nil || old.Delivered <= v.Delivered {
			last[at] = v
		}
	}
	for _, v := range present {
		old := last[place{v.source, v.Path}]
		if old != nil && old.SHA256 == v.SHA256 {
			continue
		}
		v.Delivered, v.Known = v.named, v.named
		waived := pl.isWaived(v)
		if late := v.named <= pl.looked && lookedFor[v.source]; late || waived || v.named == noDay {
			v.Known = pl.q.Day
			if waived {
				v.Known = max(v.Known, v.named+1)
			}
			if v.named == noDay || pl.project.Sources[v.source].Delivery != project.Full {
				v.Delivered = v.Known
			}
		}
		if old != nil {
			v.Delivered = max(v.Delivered, old.Delivered)
			v.Known = max(v.Known, old.Known, v.Delivered)
			all = slices.DeleteFunc(all, func(o *version) bool {
				return o.source == v.source && o.Path == v.Path && o.SHA256 == v.SHA256 && o.Delivered == v.Delivered
			})
		}
		all = append(all, v)
	}
	first := map[content]int32{}
	for _, v := range all {
		c := content{place{v.source, v.Path}, v.SHA256}
		if day, ok := first[c]; !ok || v.Delivered < day {
			first[c] = v.Delivered
		}
	}
	for _, v := range all {
		v.first = first[content{place{v.source, v.Path}, v.SHA256}]
	}
	slices.SortStableFunc(all, func(a, b *version) int { return a.source - b.source })
	return all
}
