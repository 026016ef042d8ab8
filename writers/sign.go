package writers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"aead.dev/minisign"
)

// signatureName is the one file that SHA256SUMS does not list, since it signs
// it. `minisign -V -m SHA256SUMS` looks for it under this name.
const signatureName = sumsName + ".minisig"

// SigningKey is a secret key of minisign's.
type SigningKey struct{ key minisign.PrivateKey }

// PublicKey is a public key of minisign's.
type PublicKey struct{ key minisign.PublicKey }

// ParseSigningKey reads a secret key file as `minisign -G` writes it; password
// is that of an encrypted one, whose derivation takes 1 GiB of memory for a few
// seconds (scrypt, as minisign sets it). A key that cannot sign is an error.
// No error shows anything of the key or the password.
func ParseSigningKey(text []byte, password string) (*SigningKey, error) {
	var k SigningKey
	switch encrypted := minisign.IsEncrypted(text); {
	case encrypted && password == "":
		return nil, ErrPasswordMissing
	case encrypted:
		var err error
		if k.key, err = minisign.DecryptKey(password, text); err != nil {
			return nil, errors.New("the password is wrong, or the key file is damaged")
		}
	default:
		if err := k.key.UnmarshalText(text); err != nil {
			return nil, errors.New("it is no secret key as minisign writes it")
		}
	}
	trial := []byte("a key signs and verifies")
	if !minisign.Verify(k.Public().key, trial, k.sign(trial, "")) {
		return nil, errors.New("the key file is damaged: what it signs does not verify")
	}
	return &k, nil
}

// ErrPasswordMissing says that a secret key is encrypted.
var ErrPasswordMissing = errors.New("it is encrypted, and no password was given")

// ParsePublicKey reads a public key file of minisign's, or its second line.
func ParsePublicKey(text []byte) (*PublicKey, error) {
	var k PublicKey
	if err := k.key.UnmarshalText(bytes.TrimSpace(text)); err != nil {
		return nil, errors.New("it is no public key as minisign writes it")
	}
	return &k, nil
}

// Public is the half that verifies; nil of no key.
func (k *SigningKey) Public() *PublicKey {
	if k == nil {
		return nil
	}
	public, _ := k.key.Public().(minisign.PublicKey)
	return &PublicKey{public}
}

// ID is the key's name in minisign's texts: hexadecimal in capitals.
func (k *PublicKey) ID() string { return keyID(k.key.ID()) }

func keyID(id uint64) string { return strings.ToUpper(strconv.FormatUint(id, 16)) }

// sign gives the bytes of a signature file, Ed25519 over BLAKE2b-512 of the
// text. The comment is signed too. The same text gives the same bytes.
func (k *SigningKey) sign(text []byte, comment string) []byte {
	reader := minisign.NewReader(bytes.NewReader(text))
	_, _ = io.Copy(io.Discard, reader) // neither end of it can fail
	return reader.SignWithComments(k.key, comment, "signed by flagfill with the key "+k.Public().ID())
}

// signSums writes the signature of SHA256SUMS beside it.
func (p *Publication) signSums(sums []byte, m *Manifest) error {
	comment := fmt.Sprintf("flagfill content %s as of %s", m.ContentDigest, m.Content.AsOf.Format(time.RFC3339))
	return p.writeFile(signatureName, p.settings.Sign.sign(sums, comment))
}
