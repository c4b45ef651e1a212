package demo

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/habitue-data/habitue/customer"
)

// TestTestdataHasEveryStory counts, in the small shop, the dirt that a
// pipeline must cope with.
func TestTestdataHasEveryStory(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	found := map[string]int{}
	styles := map[string]*regexp.Regexp{
		"e-mail in capitals":      regexp.MustCompile(`^[A-Z.0-9]+@[A-Z.]+$`),
		"e-mail padded":           regexp.MustCompile(`^ \S+@\S+ $`),
		"junk e-mail":             regexp.MustCompile(`^noemail@example.com$|^test@test.com$`),
		"phone +7":                regexp.MustCompile(`^\+7\d{10}$`),
		"phone 8":                 regexp.MustCompile(`^8\d{10}$`),
		"phone bare":              regexp.MustCompile(`^9\d{9}$`),
		"phone pretty":            regexp.MustCompile(`^\+7 \(9\d\d\) \d{3}-\d\d-\d\d$`),
		"junk phone":              regexp.MustCompile(`000\) 000-00-00|8 900 000-00-00`),
		"card with leading zeros": regexp.MustCompile(`^0000\d{10}$`),
		"card with a space":       regexp.MustCompile(`^\d{4} \d{6}$`),
	}
	style := func(source string, values ...string) {
		for name, re := range styles {
			for _, v := range values {
				if re.MatchString(v) {
					found[source+": "+name]++
				}
			}
		}
	}
	signs := map[string]string{}
	for _, path := range list(t, filepath.Join(dir, "exports/receipts/*.csv.gz")) {
		for _, row := range table(t, path, ',') {
			if row == nil || row["type"] != "S" {
				continue
			}
			style("tills", row["email"], row["phone"], row["card"])
			if strings.Contains(row["qty"], ".") {
				found["tills: weighed goods"]++
			}
			if row["promo"] != "" {
				found["tills: promotion"]++
			}
			if sign := signs[row["receipt_id"]]; row["qty"][0] == '-' && sign == "+" {
				found["tills: exchange"]++
			}
			signs[row["receipt_id"]] = "+"
		}
	}
	dumps, _ := readDumps(t, dir)
	last := dumps[len(dumps)-1]
	for id, row := range last {
		style("crm", row["email"], row["phone"], row["card"])
		if strings.Contains(row["notes"], "\n") {
			found["crm: line break in quotes"]++
		}
		if row["first_name"] != "" && row["first_name"][0] < 0x80 {
			found["crm: Latin name"]++
		}
		if !strings.HasSuffix(id, "1") && row["email"] == "" && row["phone"] == "" && row["card"] == "" {
			found["crm: no key"]++
		}
		if old, eve := dumps[len(dumps)-3][id], dumps[len(dumps)-2][id]; old != nil && old["card"] == "" && eve["card"] != "" {
			found["crm: gained a card on the day before the last"]++
		}
		if row["postcode"] != "" && row["lat"] != "" {
			found["crm: where they live"]++
		}
		switch row["birth_date"][min(4, len(row["birth_date"])):] {
		case "-12-31", "-01-01":
			found["crm: born at the turn of a year"]++
		case "-02-29":
			found["crm: born on 29 February"]++
		}
		month := dumps[len(dumps)-5][id]
		if month == nil {
			found["crm: new within the month"]++
			continue
		}
		if month["city"] != row["city"] {
			found["crm: moved within the month"]++
		}
		if month["consent_email"] != row["consent_email"] {
			found["crm: consent changed within the month"]++
		}
		before, there, back := dumps[len(dumps)-5][id], dumps[len(dumps)-4][id], dumps[len(dumps)-3][id]
		switch {
		case before == nil || fmt.Sprint(there) == fmt.Sprint(before):
		case fmt.Sprint(back) == fmt.Sprint(before):
			found["crm: A, B, A to the letter"]++
		case back["tags"] == before["tags"] && there["tags"] != before["tags"] && back["updated_at"] > there["updated_at"]:
			found["crm: A, B, A by hand"]++
		}
	}
	for id := range dumps[len(dumps)-5] {
		if last[id] == nil {
			found["crm: deleted within the month"]++
		}
	}
	people := table(t, filepath.Join(dir, "truth/people.csv"), ',')
	for _, row := range people {
		if row["phone_of"] != row["person"] {
			found["family phone"]++
		}
	}
	owners, several := map[string]map[string]int{}, map[string]int{"e": 0, "p": 0, "w": 0, "c": 0}
	for _, row := range table(t, filepath.Join(dir, "truth/keys.csv"), ',') {
		kind := row["key"][:1]
		if owners[row["person"]] == nil {
			owners[row["person"]] = map[string]int{}
		}
		if owners[row["person"]][kind]++; owners[row["person"]][kind] == 2 {
			several[kind]++
		}
	}
	for kind, name := range map[string]string{"e": "two e-mails", "p": "two phones", "w": "several cookies", "c": "entered twice"} {
		found[name] = several[kind]
	}

	for name, least := range map[string]int{
		"crm: e-mail in capitals": 100, "crm: e-mail padded": 50, "crm: junk e-mail": 20, "crm: phone +7": 300, "crm: phone 8": 200,
		"crm: phone bare": 50, "crm: phone pretty": 200, "crm: junk phone": 20, "crm: card with leading zeros": 50, "crm: card with a space": 50,
		"tills: e-mail in capitals": 20, "tills: e-mail padded": 20, "tills: junk e-mail": 5, "tills: phone +7": 300, "tills: phone 8": 200,
		"tills: phone bare": 100, "tills: phone pretty": 200, "tills: junk phone": 5, "tills: card with leading zeros": 100,
		"tills: card with a space": 200, "tills: weighed goods": 500, "tills: promotion": 500, "tills: exchange": 20,
		"crm: line break in quotes": 50, "crm: Latin name": 200, "crm: no key": 10, "crm: new within the month": 50,
		"crm: moved within the month": 10, "crm: consent changed within the month": 10, "crm: A, B, A to the letter": 3,
		"crm: A, B, A by hand": 3, "crm: deleted within the month": 3,
		"crm: gained a card on the day before the last": 5, "crm: where they live": 300, "crm: born at the turn of a year": 5, "crm: born on 29 February": 3,
		"family phone": 20, "two e-mails": 30, "two phones": 30, "several cookies": 100, "entered twice": 100,
	} {
		if found[name] < least {
			t.Errorf("%s: %d, want at least %d", name, found[name], least)
		}
	}
}

// TestTheScheduleEndsInTheExports replays the last nights as the comment of
// schedule says.
func TestTheScheduleEndsInTheExports(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	shop := tree(t, dir)
	rows := table(t, filepath.Join(dir, "replay/schedule.csv"), ',')
	now := map[string][]byte{}
	for path, b := range shop {
		if strings.HasPrefix(path, "exports/") {
			now[path] = b
		}
	}
	for _, row := range rows {
		delete(now, row["path"])
	}
	actions, nights := map[string]int{}, map[string]bool{}
	for i, row := range rows {
		if actions[row["action"]]++; row["action"] != "start" {
			nights[row["night"]] = true
		}
		if i > 0 && row["night"] < rows[i-1]["night"] {
			t.Errorf("row %d is of an earlier night", i+1)
		}
		if date := regexp.MustCompile(`\d{4}-\d\d-\d\d`).FindString(row["path"]); date > row["night"] || row["action"] == "late" && date == row["night"] {
			t.Errorf("%s %s in the night of %s", row["action"], row["path"], row["night"])
		}
		from := row["from"]
		if from == "" {
			from = row["path"]
		}
		b, there := shop[from]
		old, stands := now[row["path"]]
		switch row["action"] {
		case "delete":
			if delete(now, row["path"]); !stands {
				t.Errorf("row %d deletes %s, which is not there", i+1, row["path"])
			}
			continue
		case "late":
			if stands {
				t.Errorf("row %d: %s was there before it came late", i+1, row["path"])
			}
		case "resend":
			if !stands || string(old) == string(b) {
				t.Errorf("row %d sends %s again: there before %t", i+1, row["path"], stands)
			}
		}
		if !there {
			t.Fatalf("row %d: no file %s", i+1, from)
		}
		now[row["path"]] = b
	}
	for path := range shop {
		if !strings.HasPrefix(path, "exports/") {
			delete(shop, path)
		}
	}
	if diff := differences(shop, now); diff != nil {
		t.Errorf("after the last night exports differ in %v", diff)
	}
	if len(nights) != Nights {
		t.Errorf("%d nights, want %d", len(nights), Nights)
	}
	for action, want := range map[string]int{"start": 2, "late": 3, "resend": 1, "delete": 1} {
		if actions[action] != want {
			t.Errorf("%d rows of action %s, want %d", actions[action], action, want)
		}
	}
}

// TestTheProjectFileMapsWhatThereIs holds the names of habitue.yaml to those
// of package customer and to the headers of the exports.
func TestTheProjectFileMapsWhatThereIs(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	var project struct {
		Sources []struct {
			Name, Kind, Path, Record, Delimiter, Encoding string
			Fields                                        map[string]any
		}
	}
	if err := yaml.Unmarshal(content(t, filepath.Join(dir, "habitue.yaml")), &project); err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"crm": crmHeader, "tills": tillHeader, "helpdesk": deskHeader, "feedback": feedbackHeader, "loyalty": loyaltyHeader}
	products, stores := content(t, filepath.Join(dir, productsPath)), content(t, filepath.Join(dir, storesPath))
	headers["products"], _, _ = strings.Cut(strings.TrimPrefix(string(products), "\uFEFF"), "\n")
	headers["stores"], _, _ = strings.Cut(string(stores), "\n")
	if len(project.Sources) != 9 {
		t.Fatalf("%d sources, want 9", len(project.Sources))
	}
	for _, s := range project.Sources {
		kind, ok := customer.ParseKind(s.Record)
		if !ok {
			t.Errorf("source %s: no record %s", s.Name, s.Record)
			continue
		}
		if headers[s.Name] == "" && s.Kind == "csv" {
			t.Errorf("source %s has no header", s.Name)
		}
		var columns []string
		for field, from := range s.Fields {
			if _, ok := kind.Field(field); !ok {
				t.Errorf("source %s: a %s has no field %s", s.Name, s.Record, field)
			}
			switch from := from.(type) {
			case string:
				columns = append(columns, from)
			case map[string]any:
				if column, ok := from["column"].(string); ok {
					columns = append(columns, column)
				}
			}
		}
		if s.Kind != "csv" {
			continue
		}
		names := regexp.MustCompile(`[,;\n]`).Split(headers[s.Name], -1)
		for _, column := range columns {
			if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+column+" ") {
				t.Errorf("source %s: no column %s", s.Name, column)
			}
		}
	}
}
