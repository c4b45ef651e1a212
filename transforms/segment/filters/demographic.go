package filters

import (
	"bytes"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

func demographic() []segment.Filter {
	return []segment.Filter{
		{
			Name: "age", Group: "demographic", Type: segment.Number,
			Doc:     "whole years on the as-of day; who was born on 29 February is a year older on the 28th in other years; missing where the birth date is later than the as-of day",
			Example: "{between: [25, 34]}",
			Needs:   segment.Needs{customer.OfCustomers: {"birth_date"}},
			Bind: func(s *segment.Scope) segment.Test {
				born := s.Ints("birth_date")
				return s.Whole(func(i int) int64 {
					if born(i) == columns.MissingInt || born(i) > int64(s.AsOf()) {
						return columns.MissingInt // the date is wrong: nobody buys before birth
					}
					return int64(segment.YearsBetween(int32(born(i)), s.AsOf()))
				})
			},
		},
		{
			Name: "birthday", Group: "demographic", Type: segment.Anniversary,
			Doc:     "the birthday; one on 29 February comes on the 28th in other years",
			Example: "{in_next: 7d}",
			Needs:   segment.Needs{customer.OfCustomers: {"birth_date"}},
			Bind:    func(s *segment.Scope) segment.Test { return s.Anniversary(s.Ints("birth_date")) },
		},
		{
			Name: "language", Group: "demographic", Type: segment.Text,
			Doc:     "language of the profile; for eq, ne, in and not_in a language is each of its kinds: en also en-US",
			Example: "[en, de-AT]",
			Needs:   segment.Needs{customer.OfCustomers: {"language"}},
			Bind: func(s *segment.Scope) segment.Test {
				language := s.Profile("language")
				return s.Language(func(i int) ([]byte, bool) { return language.Bytes(i) })
			},
		},
		{
			Name: "email_domain", Group: "demographic", Type: segment.Text,
			Doc:     "what stands behind the @ of the customer's e-mail",
			Example: "[gmail.com, googlemail.com]",
			Needs:   segment.Needs{customer.OfCustomers: {"email"}},
			Bind: func(s *segment.Scope) segment.Test {
				email := s.Profile("email")
				return s.Text(func(i int) ([]byte, bool) {
					text, there := email.Bytes(i)
					at := bytes.LastIndexByte(text, '@')
					return text[at+1:], there && at >= 0
				})
			},
		},
	}
}
