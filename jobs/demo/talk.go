package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// talkDays is for how many last days the shop has written to its people,
// asked them, and kept what they said.
const talkDays = 150

// talks is what is still to be written of that: rows by the day of their
// file.
type talks struct {
	from     int // the first day
	mails    [][]mail
	tickets  [][]ticket
	answers  [][]answer
	points   [][]points
	cases    int // tickets so far
	answered int
}

func newTalks(days int) talks {
	return talks{from: max(0, days-talkDays), mails: make([][]mail, days), tickets: make([][]ticket, days),
		answers: make([][]answer, days), points: make([][]points, days)}
}

// talkOf is what a purchase leads to: points, a question, an answer.
func (s *shop) talkOf(r *rand.Rand, i int, p *person, t *receipt, day int) {
	if day < s.talks.from {
		return
	}
	s.earn(r, i, p, t)
	s.complain(r, i, p, t)
	s.askHow(r, i, p, t)
}

// talkDay writes the day's files of what was said.
func (s *shop) talkDay(day int) {
	if day < s.talks.from {
		return
	}
	s.sendMail(day)
	s.mailDay(day)
	s.ticketDay(day)
	s.answerDay(day)
	s.pointsDay(day)
}

// byTime puts the rows of a day in order; of rows of one second the one that
// was made first comes first.
func byTime[T any](rows []T, at func(*T) int64) []T {
	slices.SortStableFunc(rows, func(a, b T) int { return cmp.Compare(at(&a), at(&b)) })
	return rows
}

// put keeps a row for the file of the day of its second, if history has it.
func put[T any](days [][]T, second int64, row T) {
	if day := int(second / daySeconds); day < len(days) {
		days[day] = append(days[day], row)
	}
}
