package writers

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"flagfill/engine"
)

// ReadManifest gives what a publication states, and refuses a manifest of which
// any one byte was changed.
func TestReadManifest(t *testing.T) {
	dir, _ := publishSmall(t)
	m, err := ReadManifest(OS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	verified, err := Verify(context.Background(), OS{}, dir, 1)
	if err != nil || verified.ContentDigest != m.ContentDigest || len(m.Content.Facts) == 0 {
		t.Fatalf("%+v, %v: the manifest read says %s", verified, err, m.ContentDigest)
	}
	if _, err := m.Content.Scenario(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(dir + "/" + manifestName)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		at, changed := random.IntN(len(text)), append([]byte{}, text...)
		changed[at] ^= byte(1 + random.IntN(255))
		if err := os.WriteFile(dir+"/"+manifestName, changed, 0o640); err != nil {
			t.Fatal(err)
		}
		var refusal *engine.Refusal
		if _, err := ReadManifest(OS{}, dir); !errors.As(err, &refusal) || refusal.Kind != engine.RefusedInput || !strings.Contains(refusal.Problem, manifestName) {
			t.Fatalf("with another byte %d: %v", at, err)
		}
	}
}
