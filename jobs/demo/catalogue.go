package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

type category struct {
	name, letters string // letters begin its articles' numbers
	weight        float64
	refill        int   // days until it is used up; 0 where it lasts
	price         int64 // usual, kopecks
	weighed       bool  // sold by the kilogram
	kinds         []string
}

var categories = []category{
	{"Кофе", "CF", 5, 30, 69_900, false, []string{"Эфиопия, зерно", "Бразилия, зерно", "Колумбия, молотый", "Эспрессо, смесь", "Без кофеина", "Дрип-пакеты", "Растворимый", "Капсулы"}},
	{"Чай", "TE", 4, 45, 34_900, false, []string{"Чёрный", "Зелёный", "Улун", "Пуэр", "Иван-чай", "Травяной сбор", "Ройбуш"}},
	{"Сыр", "CH", 4, 12, 98_000, true, []string{"Российский", "Гауда", "Сулугуни", "Пармезан", "Бри", "Творожный"}},
	{"Выпечка", "BK", 5, 6, 12_900, false, []string{"Хлеб ржаной", "Багет", "Круассан", "Булочка с маком", "Пирог \"Осетинский\"", "Эклер"}},
	{"Сладости", "SW", 3, 20, 21_900, false, []string{"Шоколад тёмный", "Шоколад молочный", "Пастила", "Халва", "Мармелад", "Печенье овсяное", "Мёд"}},
	{"Крупы", "GR", 2, 40, 11_900, false, []string{"Гречка", "Рис", "Булгур", "Овсянка", "Паста", "Чечевица"}},
	{"Корм для животных", "PF", 2, 21, 45_900, false, []string{"Для кошек, курица", "Для кошек, рыба", "Для собак, мелких пород", "Для собак, крупных пород"}},
	{"Хозтовары", "HH", 2, 75, 28_900, false, []string{"Порошок", "Гель для посуды", "Салфетки", "Свечи", "Губки", "Фильтры для пылесоса"}},
	{"Техника", "EQ", .4, 0, 1_290_000, false, []string{"Пылесос", "Кофемашина", "Чайник", "Блендер"}},
}

// lastsDays is after how long half of those who have a thing that lasts
// would buy another.
const lastsDays = 1500

// needs are things that want others for as long as they last: who has the
// one soon buys the other, and then again.
var needs = map[string]string{"EQ-01": "HH-06", "EQ-02": "CF-08"}

var brands = []string{"Теремок", "Северный склон", "Дом и сад", "Байкал", "Три реки"}

// product is an article and its prices, one per change day.
type product struct {
	sku, name string
	category  int
	brand     string
	base      int64
	prices    []int64 // kopecks, after each change day
	since     []int   // the change day from which prices[i] has held
}

type catalogue struct {
	products   []product
	first      []int // the first product of each category, and the end
	changes    []int // days on which prices change; the first is 0
	categories []float64
	needs      map[int]int // article -> the article that it needs
}

const (
	priceEvery  = 45 // days between price changes
	changedRate = .3 // share of articles touched by one
)

// newCatalogue makes the articles; the last price change falls into the
// nights of the schedule.
func newCatalogue(seed uint64, days int) *catalogue {
	pcg := seeded(seed, forCatalogue, 0)
	r := rand.New(&pcg)
	k := &catalogue{needs: map[int]int{}}
	last := days - priceDay
	for d := last % priceEvery; d <= last; d += priceEvery {
		k.changes = append(k.changes, d)
	}
	if k.changes[0] != 0 {
		k.changes = append([]int{0}, k.changes...)
	}
	for c, cat := range categories {
		k.first = append(k.first, len(k.products))
		k.categories = append(k.categories, cat.weight)
		for i, kind := range cat.kinds {
			p := product{
				sku:      fmt.Sprintf("%s-%02d", cat.letters, i+1),
				category: c, brand: brands[r.IntN(len(brands))],
			}
			p.name = cat.name + " " + kind
			p.base = cat.price * int64(60+r.IntN(90)) / 100 / 100 * 100
			price, since := p.base, 0
			for n, day := range k.changes {
				if n > 0 && chance(r, changedRate) {
					price = price*int64(96+r.IntN(14))/100/10*10 + int64(r.IntN(2))*5
					since = day
				}
				p.prices, p.since = append(p.prices, price), append(p.since, since)
			}
			k.products = append(k.products, p)
		}
	}
	k.first = append(k.first, len(k.products))
	for i, p := range k.products {
		if want := needs[p.sku]; want != "" {
			k.needs[i] = slices.IndexFunc(k.products, func(p product) bool { return p.sku == want })
		}
	}
	return k
}

// change is which price list holds on that day.
func (k *catalogue) change(day int) int {
	n := 0
	for n+1 < len(k.changes) && k.changes[n+1] <= day {
		n++
	}
	return n
}

// csv is exports/products.csv as of a day: a BOM, commas, quoted names.
func (k *catalogue) csv(c calendar, day int) []byte {
	b := []byte("\uFEFFsku,name,category,brand,price,price_from,in_stock,refill_days\n")
	n := k.change(day)
	for i, p := range k.products {
		b = append(b, p.sku...)
		b = append(b, ',')
		b = appendQuoted(b, p.name)
		b = fmt.Appendf(b, ",%s,%s,", categories[p.category].name, p.brand)
		b = appendRoubles(b, p.prices[n])
		b = fmt.Appendf(b, ",%s,%t,", c.name(p.since[n]), i%17 != 16)
		if refill := categories[p.category].refill; refill > 0 {
			b = strconv.AppendInt(b, int64(refill), 10)
		}
		b = append(b, '\n')
	}
	return b
}

// store is a shop in a city; its place in shop.stores is its number.
type store struct {
	id   string
	city int
}

// webStore is what the till writes for an order made on the web, and
// testStore for receipts that are none.
const (
	webStore  = "W01"
	testStore = "T99"
)

// stores are one in each city and one more for every 4,000 customers, dealt
// out in turn.
func stores(customers int) []store {
	var list []store
	for i := 0; i < min(len(cities)+4+customers/4000, 200); i++ {
		list = append(list, store{fmt.Sprintf("S%03d", i+1), i % len(cities)})
	}
	return list
}

// storesCSV is exports/stores.csv: Windows-1251, semicolons, decimal commas.
func storesCSV(list []store) ([]byte, error) {
	b := []byte("id;name;city;region;lat;lon\n")
	for i, s := range list {
		c := cities[s.city]
		lat, lon := c.near(mix(uint64(i)), .05)
		b = fmt.Appendf(b, "%s;%s;%s;%s;%s;%s\n", s.id, "Теремок № "+strconv.Itoa(i+1), c.cyrillic, c.region, comma(lat), comma(lon))
	}
	b = append(b, webStore+";Теремок онлайн;Москва;Москва;;\n"+testStore+";Тестовая касса;Москва;Москва;;\n"...)
	return charmap.Windows1251.NewEncoder().Bytes(b)
}

// comma is degrees as a Russian office writes them: 55,7558.
func comma(degrees float64) string {
	return strings.Replace(strconv.FormatFloat(degrees, 'f', 4, 64), ".", ",", 1)
}

// appendQuoted writes a CSV field in quotes.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// appendRoubles writes kopecks as roubles: -12.05.
func appendRoubles(b []byte, kopecks int64) []byte {
	if kopecks < 0 {
		b, kopecks = append(b, '-'), -kopecks
	}
	b = strconv.AppendInt(b, kopecks/100, 10)
	return append(b, '.', byte('0'+kopecks/10%10), byte('0'+kopecks%10))
}
