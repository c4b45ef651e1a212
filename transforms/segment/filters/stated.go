package filters

import "github.com/habitue-data/habitue/transforms/segment"

func stated() []segment.Filter {
	return []segment.Filter{
		contactList("interests", "stated", "interests that the customer stated", "{contains_any: [coffee, baking]}"),
	}
}
