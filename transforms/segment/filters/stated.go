package filters

import "github.com/habitue-data/habitue/transforms/segment"

func stated() []segment.Filter {
	return []segment.Filter{
		contactList("interests", "stated", "interests that the customer stated; who has contacts and stated none has none of them, and that is known", "{contains_any: [coffee, baking]}"),
	}
}
