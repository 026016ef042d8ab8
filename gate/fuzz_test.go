package gate

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flagfill/engine"
	"flagfill/writers"
)

// Whatever a criteria file holds, it is refused with what to do next, or every
// criterion has a result; what demands something without a word is not met.
func FuzzCriteria(f *testing.F) {
	f.Add([]byte(Template))
	f.Add([]byte("[measured]\nmax_held = \"0.5%\"\nmax_age = \"1h\"\nnot_active_from = \"3\"\n[[manual]]\ncriterion = \"x\"\nmet = true\nby = \"y\"\non = \"2020-01-01\"\n"))
	f.Add([]byte("[measured]\nmin_not_active = \"any\"\nmax_not_active = \"99999999%\"\nnot_active_from = \"any\"\nsigned = false\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "criteria.toml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Read(path)
		if err != nil {
			var refusal *engine.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != engine.RefusedUsage || refusal.Next == "" {
				t.Fatalf("not refused as it should be: %v", err)
			}
			return
		}
		m := manifestOf(map[string]int64{"EELC": 1, "EMEB": 20, "LOND": 9})
		for _, v := range c.Judge(m, &writers.Verification{Signature: writers.SignatureValid}, true, time.Unix(1_800_000_000, 0)) {
			if v.Result == "" || v.Demanded == "" && v.Result != NotMet {
				t.Fatalf("%+v", v)
			}
		}
	})
}
