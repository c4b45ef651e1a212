package cohort

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

var everything = Question{Grains: []Grain{Month, Week}, Definitions: Definitions(), Measures: Measures()}

// order is a sale of a day, or a return where its amount is below zero.
type order struct {
	day    int32
	amount int64
}

func (o order) fact() *customer.Fact {
	return &customer.Fact{Day: o.day, Month: customer.Month(o.day), Sale: o.amount > 0, Return: o.amount < 0, Amount: o.amount}
}

func drawHistories(t *rapid.T) [][]order {
	return rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) order {
		return order{rapid.Int32Range(20000, 20120).Draw(t, "day"), rapid.Int64Range(-5, 9).Draw(t, "amount")}
	}), 0, 8), 1, 6).Draw(t, "histories")
}

// counted is the cells of customers whose orders lie on two keys each and in
// two parts of the crowd.
func counted(t *rapid.T, q Question, histories [][]order, asOf int32) []Cell {
	keys, whole := NewMeasure(q), NewCube(q)
	keys.Grow(2 * len(histories))
	parts := []*Cube{NewCube(q), NewCube(q)}
	for i, list := range histories {
		for _, o := range list {
			keys.Add(2*i+rapid.IntRange(0, 1).Draw(t, "key"), o.fact())
		}
	}
	crowd := NewMeasure(q)
	crowd.Grow(len(histories))
	for i := range histories {
		for k := range 2 {
			if rest, err := crowd.Merge(i, append(keys.Append(nil, 2*i+k), 7)); err != nil || !slices.Equal(rest, []byte{7}) {
				t.Fatalf("Merge: %v, rest %v", err, rest)
			}
		}
		part := parts[rapid.IntRange(0, 1).Draw(t, "part")]
		part.Over(crowd)
		part.Add(i)
	}
	for _, p := range parts {
		if err := whole.Merge(p.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	return cellsOf(whole, asOf)
}

func cellsOf(c *Cube, asOf int32) (all []Cell) {
	for cells := range c.Cells(asOf) {
		all = append(all, cells...)
	}
	return all
}

// plain is the same, customer by customer and cell by cell.
func plain(q Question, histories [][]order, asOf int32) (cells []Cell) {
	for _, grain := range q.Grains {
		cohorts := map[int32][][]order{}
		for _, list := range histories {
			first := int32(0)
			for _, o := range list {
				if o.amount > 0 && (first == 0 || o.day < first) {
					first = o.day
				}
			}
			if first > 0 { // what was brought back before it was bought before the data begins
				since := slices.DeleteFunc(slices.Clone(list), func(o order) bool { return o.day < first })
				cohorts[grain.period(first)] = append(cohorts[grain.period(first)], since)
			}
		}
		for cohort, members := range cohorts {
			for n := int32(0); cohort+n <= grain.period(asOf); n++ {
				for _, definition := range q.Definitions {
					var customers, orders, net int64
					for _, list := range members {
						came := int64(0)
						for _, o := range list {
							p := grain.period(o.day) - cohort
							if p != n && (definition == On || p < n) {
								continue
							}
							net += o.amount
							if o.amount > 0 {
								orders++
								came = 1
							}
						}
						customers += came
					}
					for _, m := range q.Measures {
						value := map[string]int64{Customers: customers, Orders: orders, NetRevenue: net}[m]
						over := grain.first(cohort+n+1) <= asOf+1
						cells = append(cells, Cell{grain, grain.first(cohort), n, definition, m, value, int64(len(members)), over})
					}
				}
			}
		}
	}
	return cells
}

func inOrder(cells []Cell) []Cell {
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Grain, b.Grain), cmp.Compare(a.Cohort, b.Cohort), cmp.Compare(a.Period, b.Period),
			cmp.Compare(a.Definition, b.Definition), cmp.Compare(a.Measure, b.Measure))
	})
	return cells
}

// TestCellsAreWhatCountingByHandGives holds both measures, whatever the
// order, the keys and the parts, against a count without a cube.
func TestCellsAreWhatCountingByHandGives(t *testing.T) {
	for name, q := range map[string]Question{
		"everything":             everything,
		"customers of months":    {Grains: []Grain{Month}, Definitions: Definitions(), Measures: []string{Customers}},
		"customers of weeks":     {Grains: []Grain{Week}, Definitions: []string{On}, Measures: []string{Customers}},
		"money, without a count": {Grains: []Grain{Month}, Definitions: []string{OnOrAfter}, Measures: []string{NetRevenue}},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				histories := drawHistories(t)
				asOf := rapid.Int32Range(20120, 20160).Draw(t, "as of")
				if diff := gocmp.Diff(inOrder(plain(q, histories, asOf)), inOrder(counted(t, q, histories, asOf))); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}

func TestAReturnBelongsToItsOwnPeriod(t *testing.T) {
	jan, feb, mar := customer.FirstOfMonth(660), customer.FirstOfMonth(661), customer.FirstOfMonth(662)
	q := Question{Grains: []Grain{Month}, Definitions: []string{On}, Measures: Measures()}
	m, c := NewMeasure(q), NewCube(q)
	m.Grow(2)
	for _, o := range []order{{jan, -9}, {feb, 100}, {mar, -30}} { // what came back in January was bought before the data begins
		m.Add(0, o.fact())
	}
	m.Add(1, order{feb, -5}.fact()) // bought nothing: in no cohort
	c.Over(m)
	c.Add(0)
	c.Add(1)
	want := []int64{1, 1, 100, 0, 0, -30}
	var got []int64
	for _, cell := range cellsOf(c, mar) {
		if cell.Cohort != feb || cell.Eligible != 1 || cell.Complete != (cell.Period == 0) {
			t.Errorf("%+v", cell)
		}
		got = append(got, cell.Value)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAShortCubeIsAnError(t *testing.T) {
	m, c := NewMeasure(everything), NewCube(everything)
	m.Grow(1)
	m.Add(0, order{20000, 5}.fact())
	c.Over(m)
	c.Add(0)
	if b := c.Append(nil); NewCube(everything).Merge(b[:len(b)-1]) == nil {
		t.Error("a cube that is cut short was merged")
	}
	if b := m.Append(nil, 0); b != nil {
		if _, err := m.Merge(0, b[:len(b)-1]); err == nil {
			t.Error("a history that is cut short was merged")
		}
	}
}

// BenchmarkMeasure takes in a million facts of 100,000 customers and counts
// their cells: the months as bits, against what everything asked for costs.
func BenchmarkMeasure(b *testing.B) {
	facts := make([]*customer.Fact, 1_000_000)
	for i := range facts {
		facts[i] = order{20000 + int32(i/1500), int64(i%5000 + 1)}.fact()
	}
	for _, c := range []struct {
		name string
		q    Question
	}{
		{"months", Question{Grains: []Grain{Month}, Definitions: []string{On}, Measures: []string{Customers}}},
		{"weeks", Question{Grains: []Grain{Week}, Definitions: []string{On}, Measures: []string{Customers}}},
		{"everything", everything},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m, cube := NewMeasure(c.q), NewCube(c.q)
				m.Grow(100_000)
				for i, f := range facts {
					m.Add(int(uint32(i)*2654435761%100_000), f)
				}
				cube.Over(m)
				for i := range 100_000 {
					cube.Add(i)
				}
			}
		})
	}
}
