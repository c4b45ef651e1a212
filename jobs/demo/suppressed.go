package demo

import "fmt"

// suppressedEvery is of how many people one asked the shop, on paper or by
// phone, never to hear from it again.
const suppressedEvery = 97

// suppressed lists whom somebody in the shop decided to send nothing, whatever
// they once consented to.
func (s *shop) suppressed() []byte {
	b := []byte("kind,value,channel,reason,since\n")
	since := s.calendar.name(max(0, s.calendar.days()-60))
	for i := suppressedEvery / 2; i < len(s.people); i += suppressedEvery {
		p := &s.people[i]
		if !p.is(hasEmail) {
			continue
		}
		reason := "manual"
		if i%2 == 0 {
			reason = "legal"
		}
		b = fmt.Appendf(b, "email,%s,,%s,%s\n", p.email(i, false), reason, since)
	}
	return b
}
