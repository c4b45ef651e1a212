//go:build linux

package postgrestest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/internal/fault"
)

// certify gives the server a certificate for the address of this machine, which
// is its own authority.
func certify(data string, who *syscall.Credential) (certificate, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "postgrestest"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 1), IsCA: true, BasicConstraintsValid: true}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return "", "", err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	certificate, key = filepath.Join(data, "server.crt"), filepath.Join(data, "server.key")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			return "", "", err
		}
		if who != nil {
			if err := os.Chown(path, int(who.Uid), int(who.Gid)); err != nil {
				return "", "", err
			}
		}
	}
	authority = certificate
	return certificate, key, nil
}

// authority is whom to trust.
var authority string

// TestTheURLSaysWhomToTrust reads by TLS, and refuses a server that nobody vouches
// for.
func TestTheURLSaysWhomToTrust(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "NULL"))
	trusted := filepath.Join(t.TempDir(), "root.crt")
	text, err := os.ReadFile(authority)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(trusted, text, 0o644); err != nil {
		t.Fatal(err)
	}
	secure := strings.Replace(url, "sslmode=disable", "sslmode=verify-full&sslrootcert="+trusted, 1)
	rows, _, err := rowsOf(t, postgres.Source{URL: secure, Query: "SELECT pid AS id, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()", Key: []string{"id"}}, postgres.Since{})
	if err != nil || len(rows) != 1 || !strings.Contains(rows[0], "TLSv1.3") {
		t.Errorf("%s, %v", rows, err)
	}
	b := newBranch(t, secure, crm("    updated_at: changed_at\n"))
	b.habitue(t, fault.OK, "pull")
	b.url = strings.Replace(url, "sslmode=disable", "sslmode=verify-full", 1)
	if said := b.habitue(t, fault.Unreachable, "pull"); !strings.Contains(said, "certificate") {
		t.Error(said)
	}
}
