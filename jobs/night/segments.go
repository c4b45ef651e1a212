package night

import (
	"context"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/segments"
	"github.com/habitue-data/habitue/transforms/activation"
)

// segmentTables are made wherever there are segments, whatever is published:
// the next run rests on them.
var segmentTables = []string{"segments", "segment_members", "segment_moves"}

// segments puts the segments into the night: what they are, what the run
// before knew of them, and the columns of which histories are made for them.
func (n *Night) segments(ctx context.Context, s *brief.Night) error {
	p := n.Project
	if p.Segments.Set == nil || len(p.Segments.Set.Definitions) == 0 && !hadSegments(n.previous) { // those that are taken away end, and are not forgotten
		return nil
	}
	out := &brief.Segments{}
	for _, f := range p.Segments.Files {
		out.Files = append(out.Files, brief.SegmentFile(f))
		n.Manifest.Segments = append(n.Manifest.Segments, lake.Definition(f))
	}
	for _, d := range p.Segments.Set.Definitions {
		out.Everyone = out.Everyone || d.AnyKind
	}
	for _, d := range p.Activation {
		out.Destinations = append(out.Destinations, d.Destination)
	}
	lists, err := n.memberLists()
	if err != nil {
		return err
	}
	out.Lists = lists
	if out.Before, err = n.belonged(ctx); err != nil {
		return err
	}
	s.Segments = out
	s.History = n.history(out)
	n.alsoMade(s)
	return nil
}

// history is the columns that are asked for, by table.
func (n *Night) history(s *brief.Segments) map[string][]string {
	all := map[string][]string{"customers": append([]string{"kind"}, segments.FreshColumns...)}
	needs := n.Project.Segments.Set.Needs()
	if s.Before != nil {
		if old, err := s.Before.Set(); err == nil { // else moves are told without it
			needs.Add(old.Needs())
		}
		needs.Add(segments.RecountNeeds(needs))
	}
	for t, names := range needs {
		all[t.String()] = append(all[t.String()], names...)
	}
	for table, names := range activation.Needs(s.Destinations) {
		all[table] = append(all[table], names...)
	}
	for t, names := range segments.NewsColumns {
		if asked := all[t.String()]; s.Before != nil && asked != nil {
			all[t.String()] = append(asked, names...)
		}
	}
	for table := range all {
		slices.Sort(all[table])
		all[table] = slices.Compact(all[table])
	}
	return all
}

// alsoMade adds to the tables of the night what the next one rests on.
func (n *Night) alsoMade(s *brief.Night) {
	for _, t := range segmentTables {
		s.Tables[t] = nil
	}
	if len(s.Segments.Destinations) > 0 {
		s.Tables["export_rows"] = nil // the files are made of them, whatever is published
	}
	for _, t := range exportTables {
		if len(s.Segments.Destinations) > 0 || had(n.previous, t) { // what was prepared is not forgotten
			s.Tables[t] = nil
		}
	}
	names, wanted := s.Tables["customers"]
	if !wanted || names != nil {
		s.Tables["customers"] = append(append(slices.Clone(names), "customer_id"), s.History["customers"]...)
	}
}

// hadSegments tells whether a run knew who belongs where.
func hadSegments(m *lake.Manifest) bool { return had(m, "segment_members") }

// had tells whether there was a run, with that table.
func had(m *lake.Manifest, table string) bool {
	if m == nil {
		return false
	}
	_, had := m.Tables[table]
	return had
}

// belonged is what the run before knew of segments, nil where it had none.
func (n *Night) belonged(ctx context.Context) (*brief.Belonged, error) {
	m := n.previous
	if !hadSegments(m) {
		return nil, nil
	}
	b := &brief.Belonged{Versions: map[string]string{}, Told: map[string]int32{}, Customers: m.Tables["customers"], Members: m.Tables["segment_members"]}
	for _, d := range m.Segments {
		b.Files = append(b.Files, brief.SegmentFile(d))
	}
	day, err := customer.ParseDay(m.RunDate)
	if err != nil {
		return nil, err
	}
	b.Day = day
	return b, n.Lake.ReadTable(ctx, *m, "segments", []string{"segment", "definition", "told_date"}, func(k *columns.Chunk) error {
		for i := range k.N {
			name, _ := k.Cols[0].Bytes(i)
			version, _ := k.Cols[1].Bytes(i)
			b.Versions[string(name)], b.Told[string(name)] = string(version), int32(k.Cols[2].Ints[i])
		}
		return nil
	})
}

// memberLists are the lists of static segments, with keys as the engine has
// them.
func (n *Night) memberLists() (all []brief.List, err error) {
	p := n.Project
	norm, err := normaliser(p)
	if err != nil {
		return nil, err
	}
	for _, l := range p.Segments.Lists {
		list := brief.List{Segment: l.Segment}
		if l.Key == "customer_id" {
			list.IDs = l.Values
		} else {
			kind, _ := customer.KeyTypeOf(l.Key)
			for _, v := range l.Values {
				list.Keys = append(list.Keys, string(rune(kind))+":"+normal(norm, kind, v))
			}
		}
		all = append(all, list)
	}
	return all, nil
}

// carryOver adds the files of the run before to a table that only grows.
func (n *Night) carryOver(entry lake.Table, t customer.Table) (lake.Table, error) {
	if !t.History || n.previous == nil {
		return entry, nil
	}
	old, ok := n.previous.Tables[t.Name]
	if !ok || old.Schema != entry.Schema {
		return entry, nil
	}
	return lake.NewTable(t, n.Project.Scale, append(slices.Clone(old.Files), entry.Files...))
}
