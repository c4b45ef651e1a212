//go:build linux

package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	osexec "os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/habitue-data/habitue/jobs"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/jackc/pgx/v5"
)

// database is the URL of the server, "" where absent says why there is none.
var database, absent string

// asProcess makes the test's binary the program, so that it can be killed.
const asProcess = "HABITUE_TEST_AS_PROCESS"

func TestMain(m *testing.M) {
	pipelines.Init()
	if os.Getenv(asProcess) != "" {
		os.Exit(jobs.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	runtime.LockOSThread() // Pdeathsig means the thread that started the server
	stop, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "start PostgreSQL:", err)
		os.Exit(1)
	}
	aside, err := os.MkdirTemp("", "postgrestest-")
	if err == nil {
		err = os.Setenv("TMPDIR", aside) // what a lake in a bucket has on this machine outlives its runs
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	if err := errors.Join(stop(), os.RemoveAll(aside)); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

// start makes a server in a folder of its own. stop ends it whatever the tests
// came to.
func start() (stop func() error, err error) {
	stop = func() error { return nil }
	bin, who, why := installed()
	if absent = why; absent != "" {
		return stop, nil
	}
	dir, err := os.MkdirTemp("", "postgrestest-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	as := func(name string, args ...string) *osexec.Cmd {
		c := osexec.Command(filepath.Join(bin, name), args...)
		c.Dir = dir
		// A server whose tests are killed ends with them.
		c.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGINT}
		return c
	}
	if out, err := as("initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	certificate, key, err := certify(data, who)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	var said bytes.Buffer
	server := as("postgres", "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=40",
		"-c", "ssl=on", "-c", "ssl_cert_file="+certificate, "-c", "ssl_key_file="+key)
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	stop = func() error {
		err := server.Process.Signal(syscall.SIGINT) // fast: who is connected is sent away
		select {
		case failed := <-ended:
			err = errors.Join(err, failed)
		case <-time.After(30 * time.Second):
			err = errors.Join(err, errors.New("it did not stop"), server.Process.Kill())
		}
		return errors.Join(err, os.RemoveAll(dir))
	}
	database = "postgres://shop@127.0.0.1:" + port + "/postgres?sslmode=disable"
	for range 200 {
		conn, failed := pgx.Connect(context.Background(), database)
		if failed == nil {
			return stop, conn.Close(context.Background())
		}
		select {
		case end := <-ended:
			return nil, fmt.Errorf("it ended: %v: %s", end, said.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil, errors.Join(fmt.Errorf("it does not answer: %s", said.String()), stop())
}

// installed finds the newest server, and whom to run it as: nil is who runs the
// tests. PostgreSQL refuses to be run by root.
func installed() (bin string, who *syscall.Credential, absent string) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := osexec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", nil, "no initdb here: PostgreSQL's server is not installed (Debian: apt install postgresql)"
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })
	if os.Getuid() != 0 {
		return filepath.Dir(newest), nil, ""
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return filepath.Dir(newest), &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, ""
		}
	}
	return "", nil, "the tests are run by root, whom PostgreSQL refuses, and there is no user postgres or nobody"
}

func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// fresh is a database of the test's own.
func fresh(t testing.TB) (url string, admin *pgx.Conn) {
	t.Helper()
	if absent != "" {
		t.Skip(absent)
	}
	name := "t_" + strings.Trim(strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, t.Name())), "_")
	name = name[:min(len(name), 60)]
	server := connect(t, database)
	exec(t, server, "CREATE DATABASE "+name)
	url = strings.Replace(database, "/postgres?", "/"+name+"?", 1)
	return url, connect(t, url)
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec(t testing.TB, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// ask is an answer as text: a line for each row, spaces between its values.
func ask(t testing.TB, conn *pgx.Conn, sql string) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var all []string
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		var row []string
		for _, v := range values {
			row = append(row, fmt.Sprint(v))
		}
		all = append(all, strings.Join(row, " "))
	}
	if rows.Err() != nil {
		t.Fatalf("%s: %v", sql, rows.Err())
	}
	return strings.Join(all, "\n")
}
