//go:build linux

package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/jackc/pgx/v5"
)

// TestReadersSeeOneRunWhole swaps twenty times under readers who ask in the
// ways in which tools do.
func TestReadersSeeOneRunWhole(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	const swaps = 20
	// Night n has 100+n customers and one month more than the last but one.
	night := func(n int) postgres.Snapshot {
		return made(time.Date(2025, 12, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), int64(100+n), []string{"2025-11", "2025-12", fmt.Sprint("2025-12 ", n)}[:2+n%2]...)
	}
	mustPublish(t, url, night(0))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	one := "SELECT min(c.d)::TEXT, max(c.d)::TEXT, (SELECT min(run_date)::TEXT || ' ' || max(run_date)::TEXT || ' ' || count(*) FROM mart.orders), count(*) FROM (SELECT run_date AS d FROM mart.v_customers) c"
	readers := map[string]func(*pgx.Conn) (saw [4]string, err error){
		"one statement":             func(c *pgx.Conn) ([4]string, error) { return look(ctx, c, one) },
		"one statement, unprepared": func(c *pgx.Conn) ([4]string, error) { return look(ctx, c, one, pgx.QueryExecModeSimpleProtocol) },
		"a transaction":             func(c *pgx.Conn) ([4]string, error) { return inTwo(ctx, c, pgx.TxOptions{}, "") },
		"an old snapshot": func(c *pgx.Conn) ([4]string, error) {
			return inTwo(ctx, c, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, "SELECT 1")
		},
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]map[[4]string]int{}
	for name, read := range readers {
		seen[name] = map[[4]string]int{}
		for range 2 {
			conn := connect(t, url)
			wg.Go(func() {
				for ctx.Err() == nil {
					saw, err := read(conn)
					if ctx.Err() != nil {
						return
					}
					if err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					mu.Lock()
					seen[name][saw]++
					mu.Unlock()
					time.Sleep(time.Duration(10+rand.IntN(30)) * time.Millisecond)
				}
			})
		}
	}
	var longest time.Duration
	for n := 1; n <= swaps; n++ {
		r, err := publish(t, url, night(n))
		if err != nil {
			t.Fatal(err)
		}
		longest = max(longest, r.Swap)
	}
	stop()
	wg.Wait()
	for name, all := range seen {
		reads, runs := 0, 0
		for n := range swaps + 1 {
			s := night(n)
			want := [4]string{s.RunDate, s.RunDate, fmt.Sprintf("%s %s %d", s.RunDate, s.RunDate, s.Tables[1].Rows), fmt.Sprint(s.Tables[0].Rows)}
			if all[want] > 0 {
				runs++
				reads += all[want]
				delete(all, want)
			}
		}
		t.Logf("%s: %d reads of %d runs", name, reads, runs)
		if len(all) > 0 || runs < 5 {
			t.Errorf("%s: saw %d runs, and torn ones: %v", name, runs, all)
		}
	}
	t.Logf("the longest try that held readers up took %s", longest)
	if got := ask(t, admin, "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname LIKE 'mart%'"); got != "mart mart_facts" {
		t.Errorf("schemas: %s", got)
	}
}

func look(ctx context.Context, c *pgx.Conn, sql string, args ...any) (saw [4]string, err error) {
	var n int
	err = c.QueryRow(ctx, sql, args...).Scan(&saw[0], &saw[1], &saw[2], &n)
	saw[3] = fmt.Sprint(n)
	return saw, err
}

// inTwo asks for the two tables in two statements of one transaction.
func inTwo(ctx context.Context, c *pgx.Conn, o pgx.TxOptions, first string) (saw [4]string, err error) {
	tx, err := c.BeginTx(ctx, o)
	if err != nil {
		return saw, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if first != "" {
		if _, err := tx.Exec(ctx, first); err != nil {
			return saw, err
		}
		time.Sleep(20 * time.Millisecond)
	}
	var n int
	if err := tx.QueryRow(ctx, "SELECT min(run_date)::TEXT, max(run_date)::TEXT, count(*) FROM mart.customers").Scan(&saw[0], &saw[1], &n); err != nil {
		return saw, err
	}
	time.Sleep(5 * time.Millisecond)
	saw[3] = fmt.Sprint(n)
	return saw, tx.QueryRow(ctx, "SELECT min(run_date)::TEXT || ' ' || max(run_date)::TEXT || ' ' || count(*) FROM mart.orders").Scan(&saw[2])
}

// TestAReaderWhoStaysIsWaitedForAndNamed holds a table in a transaction.
func TestAReaderWhoStaysIsWaitedForAndNamed(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	mustPublish(t, url, made("2025-12-30", 3, "2025-12"))
	exec(t, admin, "SET application_name TO 'dashboard'", "BEGIN")
	if got := ask(t, admin, "SELECT count(*) FROM mart.customers"); got != "3" {
		t.Fatal(got)
	}
	next := made("2025-12-31", 4, "2025-12")
	at := postgres.Place{URL: url, Schema: "mart"}
	_, err := postgres.Publish(t.Context(), next, at, time.Second)
	if !errors.Is(err, postgres.ErrBusy) || !strings.Contains(err.Error(), "of shop (dashboard), in a transaction since") {
		t.Fatalf("%v", err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := postgres.Publish(t.Context(), next, at, time.Minute)
		done <- err
	}()
	for range 20 { // others still read, and the run of the one who stays is the same
		other := connect(t, url)
		if got := ask(t, other, "SELECT count(*) FROM mart.customers"); got != "3" {
			t.Fatalf("another reader saw %s", got)
		}
		if err := other.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := ask(t, admin, "SELECT (SELECT count(*) FROM mart.customers), (SELECT max(run_date)::TEXT FROM mart.orders)"); got != "3 2025-12-30" {
		t.Error(got)
	}
	exec(t, admin, "COMMIT")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := ask(t, admin, "SELECT (SELECT count(*) FROM mart.customers), (SELECT max(run_date)::TEXT FROM mart.orders)"); got != "4 2025-12-31" {
		t.Error(got)
	}
}
