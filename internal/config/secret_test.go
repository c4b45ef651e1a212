package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestASecretIsNeverShown(t *testing.T) {
	t.Parallel()
	secret := NewSecret("hunter2")
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&shown, verb+verb, secret, struct{ S Secret }{secret})
	}
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("x", "secret", secret)
	y, err := yaml.Marshal(map[string]any{"s": secret})
	if err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(y)
	shown.Write(j)
	for _, leak := range []string{"hunter2", "68756e74"} {
		if strings.Contains(shown.String(), leak) {
			t.Errorf("shown: %s", shown.String())
		}
	}
	if !strings.Contains(string(y), "***") || secret.Reveal() != "hunter2" {
		t.Errorf("yaml %s", y)
	}
}
