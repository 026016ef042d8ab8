package writers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"

	"flagfill/assurance/property"
)

// testKey makes a signing key that is the same for the same seed.
func testKey(t *testing.T, seed byte) *SigningKey {
	t.Helper()
	_, private, err := minisign.GenerateKey(strings.NewReader(strings.Repeat(string(rune('A'+seed)), 64)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := private.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseSigningKey(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestSignatureIsNoContent: signed or not, every other byte is the same.
func TestSignatureIsNoContent(t *testing.T) {
	s := testSettings()
	plain, signed := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "out")
	if _, err := publish(t, OS{}, plain, testConfig(), s, smallPoints()); err != nil {
		t.Fatal(err)
	}
	s.Sign = testKey(t, 0)
	if _, err := publish(t, OS{}, signed, testConfig(), s, smallPoints()); err != nil {
		t.Fatal(err)
	}
	for _, name := range filesOf(t, signed) {
		if name != signatureName && readText(t, plain, name) != readText(t, signed, name) {
			t.Errorf("%s differs", name)
		}
	}
	if n, want := len(filesOf(t, signed)), len(filesOf(t, plain))+1; n != want {
		t.Errorf("%d files, want %d", n, want)
	}
}

// TestSignatureIsTold: what a verification says of a signature, by key.
func TestSignatureIsTold(t *testing.T) {
	key, other := testKey(t, 0), testKey(t, 1)
	signed := newSignedBase(t, 0, key)
	unsigned, long, garbage, loose := newBase(t, 0), newBase(t, 0), newBase(t, 0), newBase(t, 0)
	for _, wrong := range []struct {
		in   *base
		text string
	}{{long, readText(t, signed.dir, signatureName) + strings.Repeat("x", maxSignatureBytes)}, {garbage, "x\n"},
		{loose, strings.ReplaceAll(readText(t, signed.dir, signatureName), "\n", "\r\n")}} {
		if err := os.WriteFile(filepath.Join(wrong.in.dir, signatureName), []byte(wrong.text), fileMode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name       string
		dir        string
		key        *PublicKey
		want, says string // the finding; "" for none
	}{
		{"unsigned, no key", unsigned.dir, nil, Unsigned, ""},
		{"unsigned, a key", unsigned.dir, key.Public(), SignatureInvalid, "is missing, and a signature by the key " + key.Public().ID()},
		{"signed, no key", signed.dir, nil, SignatureIgnored, ""},
		{"signed, its key", signed.dir, key.Public(), SignatureValid, ""},
		{"too long a signature", long.dir, nil, Unsigned, "is no signature as minisign writes it"},
		{"line ends of another system", loose.dir, key.Public(), SignatureInvalid, "is no signature as minisign writes it"},
		{"no signature at all", garbage.dir, key.Public(), SignatureInvalid, "is no signature as minisign writes it"},
		{"signed, another key", signed.dir, other.Public(), SignatureInvalid, "and not by " + other.Public().ID()},
	} {
		v, err := VerifySigned(t.Context(), OS{}, c.dir, c.key, 1)
		if err != nil {
			t.Fatal(err)
		}
		if v.Signature != c.want || len(v.Findings) > 0 != (c.says != "") || c.says != "" && !strings.Contains(v.Findings.Error(), c.says) {
			t.Errorf("%s: %s, %v", c.name, v.Signature, v.Findings)
		}
		if comment := v.SignedComment; (comment == "flagfill") != (c.want == SignatureValid) {
			t.Errorf("%s: the signed comment is %q", c.name, comment)
		}
	}
}

// TestBytesProven: a signature that is missing or another's leaves the files
// what they are.
func TestBytesProven(t *testing.T) {
	signature, file := Finding{signatureName, "is missing"}, Finding{sumsName, "is not sorted"}
	for _, c := range []struct {
		findings Findings
		want     bool
	}{{nil, true}, {Findings{signature}, true}, {Findings{file}, false}, {Findings{signature, file}, false}} {
		if got := (&Verification{Findings: c.findings}).BytesProven(); got != c.want {
			t.Errorf("%v: %v", c.findings, got)
		}
	}
}

// TestPropertySignature changes signed publications in every way in which a
// thief who has everything but the key could, and demands the signature. The
// untrusted comment alone is not signed.
func TestPropertySignature(t *testing.T) {
	property.Property{Goal: "R8", Name: "no publication passes for another's that is signed", Unit: "tampered signed publications", Seeds: 20}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			key := testKey(t, 0)
			whole := newSignedBase(t, seed, key)
			signature := readText(t, whole.dir, signatureName)
			_, signed, _ := strings.Cut(signature, "\n")
			start := len(signature) - len(signed)
			for i := range 50 {
				f := newForger(t, seed, i, whole)
				f.key = key.Public()
				f.restore()
				text := []byte(signature)
				want := found(signatureName, "is no signature|is by the key|not what the key")
				switch i % 5 {
				case 0:
					text[start+f.below(len(text)-start)] ^= 1 << f.below(8)
				case 1:
					text = text[:start+f.below(len(text)-start)]
				case 2:
					text = append(text, byte(f.below(256)))
				case 3: // everything forged, and signed with a key of the thief's
					f.m.Cautions = append(f.m.Cautions, "forged")
					f.sealAsStated()
					text = testKey(t, 1).sign(f.read(sumsName), "")
				case 4: // everything forged, and the signature left as it was
					f.m.Cautions = append(f.m.Cautions, "forged")
					f.sealAsStated()
					want = found(sumsName, "is not what SHA256SUMS.minisig signs")
				}
				f.write(signatureName, text)
				f.wantFound("signature", want)
				cases++
			}
			return cases
		})
}

// TestPropertyMinisign has the minisign program and this one sign and check
// each other's signatures, with a plain and an encrypted key.
func TestPropertyMinisign(t *testing.T) {
	if !property.Deep() {
		t.Skip("needs the minisign program")
	}
	property.Property{Goal: "R8", Name: "minisign and flagfill accept each other's signatures", Unit: "signatures", Seeds: 1}.Check(t,
		func(t *testing.T, _ int) (cases int64) {
			if _, err := exec.LookPath("minisign"); err != nil {
				t.Fatal("minisign is missing: apt-get install minisign")
			}
			for _, password := range []string{"", "correct horse"} {
				checkMinisign(t, password)
				cases += 4
			}
			return cases
		})
}

func checkMinisign(t *testing.T, password string) {
	t.Helper()
	folder := t.TempDir()
	secret, public := filepath.Join(folder, "flagfill.key"), filepath.Join(folder, "flagfill.pub")
	program := func(args ...string) error {
		cmd := exec.Command("minisign", args...)
		cmd.Stdin = strings.NewReader(password + "\n" + password + "\n")
		said, err := cmd.CombinedOutput()
		t.Logf("minisign %s: %v\n%s", strings.Join(args, " "), err, said)
		return err
	}
	generate := []string{"-G", "-s", secret, "-p", public}
	if password == "" {
		generate = append(generate, "-W")
	}
	if err := program(generate...); err != nil {
		t.Fatal(err)
	}
	key, err := ParseSigningKey(bytesOf(t, secret), password)
	if err != nil {
		t.Fatal(err)
	}
	verifying, err := ParsePublicKey(bytesOf(t, public))
	if err != nil {
		t.Fatal(err)
	}
	if password != "" {
		if _, err := ParseSigningKey(bytesOf(t, secret), password+"!"); err == nil {
			t.Error("another password opens the key")
		}
	}

	dir, s := filepath.Join(folder, "out"), testSettings()
	s.Sign = key
	if _, err := publish(t, OS{}, dir, testConfig(), s, smallPoints()); err != nil {
		t.Fatal(err)
	}
	sums := filepath.Join(dir, sumsName)
	if err := program("-V", "-m", sums, "-p", public); err != nil {
		t.Error("minisign refuses our signature")
	}
	if err := os.Remove(filepath.Join(dir, signatureName)); err != nil {
		t.Fatal(err)
	}
	if err := program("-S", "-s", secret, "-m", sums, "-t", "signed by hand"); err != nil {
		t.Fatal(err)
	}
	got, err := VerifySigned(t.Context(), OS{}, dir, verifying, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) > 0 || got.Signature != SignatureValid || got.SignedComment != "signed by hand" {
		t.Errorf("we refuse minisign's signature: %+v", got)
	}
	if err := editing(sumsName, func(text string) string { return text[1:] })(dir); err != nil {
		t.Fatal(err)
	}
	if program("-V", "-m", sums, "-p", public) == nil {
		t.Error("minisign accepts a signature of another text")
	}
	wantSignedFinding(t, dir, verifying, sumsName, "is not what SHA256SUMS.minisig signs")
}

// newSignedBase is a base with a signature.
func newSignedBase(t *testing.T, seed int, key *SigningKey) *base {
	t.Helper()
	whole := newBase(t, seed)
	signature := key.sign([]byte(readText(t, whole.dir, sumsName)), "flagfill")
	if err := os.WriteFile(filepath.Join(whole.dir, signatureName), signature, fileMode); err != nil {
		t.Fatal(err)
	}
	return whole
}

func wantSignedFinding(t *testing.T, dir string, key *PublicKey, path, problem string) {
	t.Helper()
	f := &forger{t: t, dir: dir, key: key}
	f.wantFound("a changed text", found(path, problem))
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
