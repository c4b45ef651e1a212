package demo

// Words in the two alphabets that a Russian shop meets them in: Cyrillic in
// its CRM, Latin in addresses and in what web forms let through.

type word struct{ cyrillic, latin string }

var womenNames = []word{
	{"Анна", "Anna"}, {"Мария", "Maria"}, {"Ольга", "Olga"}, {"Елена", "Elena"}, {"Ирина", "Irina"}, {"Татьяна", "Tatiana"},
	{"Наталья", "Natalia"}, {"Светлана", "Svetlana"}, {"Юлия", "Yulia"}, {"Екатерина", "Ekaterina"}, {"Алёна", "Alyona"},
	{"Дарья", "Daria"}, {"Ксения", "Ksenia"}, {"Людмила", "Lyudmila"}, {"Галина", "Galina"}, {"Вера", "Vera"},
}

var menNames = []word{
	{"Иван", "Ivan"}, {"Пётр", "Petr"}, {"Сергей", "Sergey"}, {"Дмитрий", "Dmitry"}, {"Алексей", "Alexey"}, {"Андрей", "Andrey"},
	{"Михаил", "Mikhail"}, {"Николай", "Nikolay"}, {"Павел", "Pavel"}, {"Максим", "Maxim"}, {"Артём", "Artyom"},
	{"Евгений", "Evgeny"}, {"Роман", "Roman"}, {"Игорь", "Igor"}, {"Олег", "Oleg"}, {"Юрий", "Yury"},
}

// lastNames are the men's forms; a woman's adds the letter a.
var lastNames = []word{
	{"Иванов", "Ivanov"}, {"Петров", "Petrov"}, {"Сидоров", "Sidorov"}, {"Смирнов", "Smirnov"}, {"Кузнецов", "Kuznetsov"},
	{"Попов", "Popov"}, {"Васильев", "Vasiliev"}, {"Соколов", "Sokolov"}, {"Михайлов", "Mikhailov"}, {"Новиков", "Novikov"},
	{"Фёдоров", "Fedorov"}, {"Морозов", "Morozov"}, {"Волков", "Volkov"}, {"Алексеев", "Alekseev"}, {"Лебедев", "Lebedev"},
	{"Семёнов", "Semenov"}, {"Егоров", "Egorov"}, {"Павлов", "Pavlov"}, {"Козлов", "Kozlov"}, {"Степанов", "Stepanov"},
	{"Орлов", "Orlov"}, {"Никитин", "Nikitin"}, {"Захаров", "Zakharov"}, {"Соловьёв", "Soloviev"}, {"Борисов", "Borisov"},
	{"Киселёв", "Kiselev"}, {"Гусев", "Gusev"}, {"Тарасов", "Tarasov"}, {"Белов", "Belov"}, {"Комаров", "Komarov"},
}

var domains = []string{"mail.ru", "yandex.ru", "gmail.com", "bk.ru", "rambler.ru", "outlook.com"}

type city struct {
	word
	region, latinRegion string
	lat, lon            float64
	post                string // how its postal codes begin
	weight              float64
}

var cities = []city{
	{word{"Москва", "Moscow"}, "Москва", "Moscow", 55.7558, 37.6173, "101", 30},
	{word{"Санкт-Петербург", "Saint Petersburg"}, "Санкт-Петербург", "Saint Petersburg", 59.9386, 30.3141, "190", 18},
	{word{"Казань", "Kazan"}, "Республика Татарстан", "Republic of Tatarstan", 55.7887, 49.1221, "420", 10},
	{word{"Самара", "Samara"}, "Самарская область", "Samara Oblast", 53.2001, 50.1500, "443", 9},
	{word{"Нижний Новгород", "Nizhny Novgorod"}, "Нижегородская область", "Nizhny Novgorod Oblast", 56.3269, 44.0075, "603", 9},
	{word{"Воронеж", "Voronezh"}, "Воронежская область", "Voronezh Oblast", 51.6720, 39.1843, "394", 8},
	{word{"Тула", "Tula"}, "Тульская область", "Tula Oblast", 54.1961, 37.6182, "300", 8},
	{word{"Тверь", "Tver"}, "Тверская область", "Tver Oblast", 56.8587, 35.9176, "170", 8},
}

// near is a place in or about the city, at most so many degrees from its
// middle; h chooses which.
func (c city) near(h uint64, degrees float64) (lat, lon float64) {
	share := func(n uint64) float64 { return float64(n&0xffff)/0x8000 - 1 }
	return c.lat + degrees*share(h), c.lon + degrees*share(h>>16)
}

func cityWeights() []float64 {
	w := make([]float64, len(cities))
	for i, c := range cities {
		w[i] = c.weight
	}
	return w
}

var tagWords = []string{"vip", "акции", "рассылка", "самовывоз", "опт"}

var occupations = []string{"учитель", "врач", "инженер", "продавец", "бухгалтер", "студент", "пенсионер", "водитель"}

var interestWords = []string{"кофе", "кулинария", "дача", "кошки", "собаки", "здоровье", "путешествия"}

var noteTexts = []string{
	"просил перезвонить\nпосле 18:00",
	"аллергия на орехи; уточнять состав",
	"любит \"Эфиопию\", берёт молотый",
	"адрес:\nул. Ленина, 5\nдомофон 12",
	"оптовая скидка 5%, договор №17",
}
