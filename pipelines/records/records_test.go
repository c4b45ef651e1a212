package records

import "testing"

func TestFileKeysComeBack(t *testing.T) {
	for _, k := range []fileKey{{}, {3, 0, 660}, {13, 4095, -30}, {1, 1, 1 << 15}} {
		if got := fileKeyOf(k.number()); got != k {
			t.Errorf("%+v came back as %+v", k, got)
		}
	}
}
