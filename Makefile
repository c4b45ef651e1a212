# make run: from a fresh clone to tables; make test: what CI runs. The rest is
# for who works on the program. Go and a C compiler are all that is needed.

habitue := bin/habitue
shop    := out/shop

.PHONY: run test check bench bi race scale flink demo build tools clean

# ---- the last three nights of the sample shop, and three questions to its
# tables. What came in a night is put in place before it runs.

define groups.says
Which groups of buyers are there, and what are they worth?
endef
define groups.sql
SELECT rfm_group, count(*) AS customers, round(avg(recency_days))::INT AS days_since, round(avg(frequency), 1) AS orders, sum(monetary) AS spent FROM rfm GROUP BY rfm_group ORDER BY spent DESC
endef
define moves.says
Who moved between segments in the last night, and why?
endef
define moves.sql
SELECT segment, move, reason, count(*) AS customers, min(clause) AS clause FROM segment_moves WHERE move_date = (SELECT max(move_date) FROM segment_moves) GROUP BY segment, move, reason ORDER BY customers DESC, segment, move, reason LIMIT 8
endef
define back.says
Of those who first bought in a month of 2025, how many came back 1, 3 and 6 months later?
endef
define back.sql
SELECT strftime(cohort_date, '%Y-%m') AS first_bought, max(eligible) AS customers, max(value::INT) FILTER (period = 1) AS after_1, max(value::INT) FILTER (period = 3) AS after_3, max(value::INT) FILTER (period = 6) AS after_6 FROM cohort_retention WHERE grain = 'month' AND definition = 'on' AND measure = 'customers' AND complete AND cohort_date >= DATE '2025-01-01' GROUP BY cohort_date ORDER BY cohort_date
endef
ask = @printf '\n%s\n$$ $(habitue) -c $(shop)/habitue.yaml query "%s"\n' "$($(1).says)" "$($(1).sql)" && \
	$(habitue) -c $(shop)/habitue.yaml query "$($(1).sql)" 2>/dev/null

run: build
	@rm -rf $(shop) && mkdir -p out && cp -R testdata/shop $(shop)
	@for night in $(notdir $(sort $(wildcard testdata/shop/deliveries/*))); do \
		cp -R $(shop)/deliveries/$$night/. $(shop) && \
		echo "$(habitue) -c $(shop)/habitue.yaml run --as-of $$night --known then --publish" && \
		$(habitue) -c $(shop)/habitue.yaml run --as-of $$night --known then --publish || exit 1; \
	done
	$(call ask,groups)
	$(call ask,moves)
	$(call ask,back)
	@printf '\nThe report, for a browser: $(shop)/out/report.html. The tables: $(shop)/out/warehouse.duckdb for DuckDB and what reads it, Parquet in $(shop)/out/lake.\nThe mailing files: $(shop)/out/activation, and what changed since the night before.\nWhat a column means: docs/tables.md. Your own exports: docs/config.md.\n'

build: tools
	@mkdir -p bin
	CGO_ENABLED=1 go build -o $(habitue) .

# One line for each thing that is missing. DuckDB is C++: its library is
# linked, nothing of it is compiled here.
tools:
	@command -v go >/dev/null || { echo "Go is missing: install Go 1.26 or newer, https://go.dev/dl"; exit 1; }
	@set -- $$(go env CC); command -v "$$1" >/dev/null || \
		{ echo "a C compiler is missing: install gcc and g++ (Debian: apt install build-essential) or clang, or set CC"; exit 1; }

demo: build
	$(habitue) demo --customers $(DEMO_CUSTOMERS) --seed $(DEMO_SEED) --days $(DEMO_DAYS) --out out/demo
DEMO_CUSTOMERS ?= 20000
DEMO_SEED      ?= 1
DEMO_DAYS      ?= 730

# ---- tests

test: tools
	go vet ./...
	go test -timeout 30m ./...

# Newer versions find other things: a version is chosen, not met.
staticcheck := v0.8.2

check: tools
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "gofmt -w is due: $$bad"; exit 1; }
	go vet ./...
	@if staticcheck -version 2>/dev/null | grep -qF '($(staticcheck:v%=%))'; then echo staticcheck ./...; staticcheck ./...; \
	else echo "staticcheck $(staticcheck) is not installed, so it did not run: go install honnef.co/go/tools/cmd/staticcheck@$(staticcheck)"; fi
	go test -count=1 .

# Seconds differ from machine to machine, ratios hardly: each case of a
# benchmark is told as a multiple of the time of the case called plain, or of
# the first, per byte where the benchmark says how many there are.
bench: tools
	@mkdir -p out
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./... | grep -v 'no test files' | tee out/bench.txt
	@awk '$$1 == "pkg:" { pkg = $$2; sub(".*/habitue/", "", pkg) } \
		/^FAIL/ { failed = 1 } \
		/^Benchmark.*ns\/op/ { name = $$1; sub(/-[0-9]+$$/, "", name); split(name, p, "/"); \
			for (i = 2; i <= NF; i++) { if ($$i == "ns/op") t = $$(i-1); if ($$i == "MB/s") t = 1 / $$(i-1) } \
			n++; names[n] = name; of[n] = pkg " " p[1]; took[n] = t; count[of[n]]++; \
			if (!(of[n] in base) || p[2] == "plain") base[of[n]] = t } \
		END { print "\nratios"; for (i = 1; i <= n; i++) if (count[of[i]] > 1) { split(of[i], o, " "); printf "%6.2f  %s %s\n", took[i] / base[of[i]], o[1], names[i] }; exit failed }' out/bench.txt
BENCH ?= .

# ---- views and metrics read as BigQuery SQL, by sqlglot, which comes from the
# network

sqlglot := 30.30.0

bi:
	@[ -x out/bi/venv/bin/pip ] || { mkdir -p out/bi && python3 -m venv out/bi/venv; }
	out/bi/venv/bin/pip install -q --disable-pip-version-check sqlglot==$(sqlglot)
	HABITUE_SQLGLOT=$(CURDIR)/out/bi/venv/bin/python go test -count=1 -v -run BigQueryReadsTheSame ./jobs/nighttest

# ---- the race against DuckDB and others; see docs/race.md

RACE         ?= ../shared/race
RACE_TX      ?= 1000000
RACE_SEED    ?= 7
RACE_REPS    ?= 3
RACE_FORMATS ?= csv parquet
RACE_PEERS   ?= duck
race_in      := out/race/$(RACE_TX)-$(RACE_SEED)

race: build
	@[ -f $(RACE)/run.py ] || { echo "no race here: $(RACE)/run.py is missing; say where with RACE=DIR"; exit 1; }
	@[ -x out/race/venv/bin/pip ] || { mkdir -p out/race && python3 -m venv out/race/venv; }
	out/race/venv/bin/pip install -q --disable-pip-version-check -r $(RACE)/requirements.txt
	@[ -f $(race_in)/done ] || { out/race/venv/bin/python $(RACE)/gen.py --tx $(RACE_TX) --seed $(RACE_SEED) --out $(race_in) && touch $(race_in)/done; }
	@for format in $(RACE_FORMATS); do \
		echo "== $(RACE_TX) receipts, $$format"; \
		out/race/venv/bin/python $(RACE)/run.py --in $(race_in) --reps $(RACE_REPS) --format $$format --peers '$(RACE_PEERS)' \
			--ours '$(CURDIR)/testdata/race/run {in} {out} {format}' || exit 1; \
	done

# ---- what a receipt costs as worlds grow; see docs/scale.md. 30M receipts are
# 5 GB of CSV and Parquet, and as much again while they are worked on.

SCALE_TX     ?= 1000000 3000000 10000000 30000000
SCALE_MEMORY ?= 2GiB

scale: build
	@[ -f $(RACE)/gen.py ] || { echo "no worlds here: $(RACE)/gen.py is missing; say where with RACE=DIR"; exit 1; }
	@[ -x out/race/venv/bin/pip ] || { mkdir -p out/race && python3 -m venv out/race/venv; }
	out/race/venv/bin/pip install -q --disable-pip-version-check -r $(RACE)/requirements.txt
	@for tx in $(SCALE_TX); do 		[ -f out/race/$$tx-$(RACE_SEED)/done ] || \
			{ out/race/venv/bin/python $(RACE)/gen.py --tx $$tx --seed $(RACE_SEED) --out out/race/$$tx-$(RACE_SEED) && touch out/race/$$tx-$(RACE_SEED)/done; } || exit 1; \
	done
	@out/race/venv/bin/python testdata/race/scale.py out/race $(CURDIR)/$(habitue) $(SCALE_MEMORY) $(SCALE_TX)

# ---- the sample shop on a real Flink, hash by hash; FLINK=optional where it
# may be missing

flink: build
	testdata/flink/check $(FLINK_CASES)

clean:
	rm -rf bin out
