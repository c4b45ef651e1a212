package customer

// OrderDay is a local day on which a customer bought, or gave something
// back: what models of buying go by. Orders of one day are one purchase to
// them.
type OrderDay struct {
	Day    int32 // days since 1970-01-01
	Orders int32 // counted orders; 0 where there are only returns
	Net    int64 // minor units, counted orders plus returns
}
