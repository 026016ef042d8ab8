package writers

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"slices"

	"aead.dev/minisign"
)

// What a verification says of the signature of SHA256SUMS.
const (
	Unsigned         = "none"
	SignatureIgnored = "not checked" // no key was given
	SignatureValid   = "valid"
	SignatureInvalid = "invalid" // or missing where a key demands one
)

// maxSignatureBytes is more than minisign's longest comments need.
const maxSignatureBytes = 16 << 10

// readSignature looks at SHA256SUMS.minisig: without a key only whether it is a
// signature at all, so that nothing else can stand there.
func (v *verifier) readSignature() error {
	v.signature = Unsigned
	size, there := v.sizes[signatureName]
	if v.key != nil {
		v.signature = SignatureInvalid
		if !there {
			v.find(signatureName, "is missing, and a signature by the key %s is demanded", v.key.ID())
		}
	}
	if !there {
		return nil
	}
	if size > maxSignatureBytes {
		v.find(signatureName, "is no signature as minisign writes it")
		return nil
	}
	text, err := v.readText(signatureName)
	if err != nil {
		return err
	}
	var s minisign.Signature
	if s.UnmarshalText(text) != nil || !bytes.Equal([]byte(s.String()), text) {
		v.find(signatureName, "is no signature as minisign writes it")
		return nil
	}
	if v.key == nil {
		v.signature = SignatureIgnored
		return nil
	}
	v.checkSignature(&s, text)
	return nil
}

// BytesProven tells whether the files are what was published, whoever did so:
// nothing is wrong but that a signature is missing or not by the key demanded.
func (v *Verification) BytesProven() bool {
	return !slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Path != signatureName })
}

// checkSignature proves SHA256SUMS, and with it every byte of the publication,
// by the key.
func (v *verifier) checkSignature(s *minisign.Signature, text []byte) {
	switch {
	case s.KeyID != v.key.key.ID():
		v.find(signatureName, "is by the key %s, and not by %s", keyID(s.KeyID), v.key.ID())
	case v.sumsText == nil: // missing, which is found
	case minisign.Verify(v.key.key, v.sumsText, text):
		v.signature, v.trustedComment = SignatureValid, s.TrustedComment
	case v.key.signedComment(s):
		v.find(sumsName, "is not what SHA256SUMS.minisig signs")
	default:
		v.find(signatureName, "its signature or its trusted comment is not what the key %s signed", v.key.ID())
	}
}

// signedComment tells whether signature and trusted comment belong together:
// then it is the text that was changed.
func (k *PublicKey) signedComment(s *minisign.Signature) bool {
	const idBytes = 10 // algorithm and key id stand before the key itself
	encoded, err := base64.StdEncoding.DecodeString(k.key.String())
	if err != nil || len(encoded) != idBytes+ed25519.PublicKeySize {
		return false
	}
	return ed25519.Verify(encoded[idBytes:], append(s.Signature[:], s.TrustedComment...), s.CommentSignature[:])
}
