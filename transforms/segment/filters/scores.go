package filters

import "github.com/habitue-data/habitue/transforms/segment"

func scores() []segment.Filter {
	return []segment.Filter{
		profileNumber("r_score", "rfm", "recency score, 5 bought last; missing for who never bought", "{ge: 4}"),
		profileNumber("f_score", "rfm", "frequency score, 5 bought most often", "{ge: 4}"),
		profileNumber("m_score", "rfm", "money score, 5 spent most", "{ge: 4}"),
		profileText("rfm_group", "rfm", "named group of the three scores", "[Champions, Loyal]"),
	}
}
