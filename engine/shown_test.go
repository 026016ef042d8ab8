package engine

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestShownPath(t *testing.T) {
	for path, want := range map[string]string{
		"extract/devices 1200023305967.csv": "extract/devices 1200023305967.csv",
		"façade, 2026–11.csv":               "façade, 2026–11.csv",
		`a"b`:                               `a"b`,
		"":                                  `""`,
		"a\nb":                              `"a\nb"`,
		"a\x1b[31mb":                        `"a\x1b[31mb"`,
		"a\u202eb":                          `"a\u202eb"`,
		"a\xffb":                            `"a\xffb"`,
	} {
		if got := ShownPath(path); got != want {
			t.Errorf("ShownPath(%q) = %s, want %s", path, got, want)
		}
	}
}

func TestShown(t *testing.T) {
	for word, want := range map[string]string{
		"SMI_STATUS_CD":           "SMI_STATUS_CD",
		"part 12345":              "part 12345",
		"MPAN 1200023305967":      "MPAN •••••••••••••",
		"12-00-02 x":              "••-••-•• x",
		"१२३४५६":                  "••••••",
		"a\nb\x1bc\u202ed\u2028e": "a�b�c�d�e",
		strings.Repeat("é", 40):   strings.Repeat("é", 32) + "…",
		"a\xffb":                  "a�b",
	} {
		if got := Shown(word); got != want {
			t.Errorf("Shown(%q) = %q, want %q", word, got, want)
		}
	}
	if got, want := ShownAll([]string{"a", "b\n"}), "a, b�"; got != want {
		t.Errorf("ShownAll gives %q, want %q", got, want)
	}
}

func TestTextsThatQuoteFiles(t *testing.T) {
	if got, want := OneLine("a\n\"b\"\t\\ \u202e–"), `a\n"b"\t\ \u202e–`; got != want {
		t.Errorf("OneLine gives %q, want %q", got, want)
	}
	if got, want := WithoutNumbers("json: number 1200023305967 at 12345"), "json: number ••••••••••••• at 12345"; got != want {
		t.Errorf("WithoutNumbers gives %q, want %q", got, want)
	}
	if got, want := string(Visible([]byte("a\n\tb\r\x1b[31m\u009b\xff\u202e•\n"))), "a\n\tb\\r\\x1b[31m\\u009b\uFFFD\\u202e•\n"; got != want {
		t.Errorf("Visible gives %q, want %q", got, want)
	}
	if text := []byte("as it is\n"); &Visible(text)[0] != &text[0] {
		t.Error("Visible copies text that needs no escape")
	}
}

// A document says the same with its unseen characters escaped.
func TestVisibleJSONKeepsValues(t *testing.T) {
	const value = "a\u007f\u009b31m\u202e\U000e0041\u2028\ufeff•"
	document, err := json.MarshalIndent([]string{value}, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	shown := VisibleJSON(document)
	var back []string
	if err := json.Unmarshal(shown, &back); err != nil || len(back) != 1 || back[0] != value {
		t.Errorf("%s reads back as %q (%v)", shown, back, err)
	}
	if !isVisible(strings.NewReplacer("\n", "", "\t", "").Replace(string(shown))) {
		t.Errorf("%q is not visible", shown)
	}
}
