package main

import (
	"encoding/base64"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"flagfill/writers"
)

// passwordVariable names the environment variable with the password of an
// encrypted signing key. There is no prompt: a run has to work unattended.
const passwordVariable = "FLAGFILL_SIGN_PASSWORD"

// readSigningKey reads the secret key of --sign; nil where there is none.
func readSigningKey(path string) (*writers.SigningKey, error) {
	if path == "" {
		return nil, nil
	}
	const next = "Name a key file that minisign -G made."
	if isKeyText(path) {
		return nil, usage(next, "--sign takes the path of a key file, not the key itself")
	}
	text, err := readKeyFile(path)
	if err != nil {
		return nil, usage(next, "--sign: cannot read the key: %v", err)
	}
	key, err := writers.ParseSigningKey(text, os.Getenv(passwordVariable))
	debug.FreeOSMemory() // deriving an encrypted key took 1 GiB
	switch {
	case errors.Is(err, writers.ErrPasswordMissing):
		return nil, usage("Set "+passwordVariable+" to its password.", "--sign: cannot use %s: %v", path, err)
	case err != nil:
		return nil, usage(next, "--sign: cannot use %s: %v", path, err)
	}
	return key, nil
}

// readPublicKey reads --key, a file or the key itself; nil where there is none.
func readPublicKey(pathOrKey string) (*writers.PublicKey, error) {
	if pathOrKey == "" {
		return nil, nil
	}
	const next = "Name the .pub file that minisign -G made, or give its second line."
	text, what := []byte(pathOrKey), "what was given"
	if !isKeyText(pathOrKey) {
		var err error
		if text, err = readKeyFile(pathOrKey); err != nil {
			return nil, usage(next, "--key: cannot read the key: %v", err)
		}
		what = pathOrKey
	}
	key, err := writers.ParsePublicKey(text)
	if err != nil {
		return nil, usage(next, "--key: cannot use %s: %v", what, err)
	}
	return key, nil
}

// isKeyText tells a key, with or without its comment, from a path. It may be a
// secret one, and is never shown.
func isKeyText(text string) bool {
	const publicKeyBytes = 42 // a secret key is longer
	text = strings.TrimSpace(text)
	decoded, err := base64.StdEncoding.DecodeString(text[strings.LastIndexByte(text, '\n')+1:])
	return err == nil && len(decoded) >= publicKeyBytes
}

// readKeyFile reads a file, or a pipe from a program that keeps keys.
func readKeyFile(path string) ([]byte, error) {
	const maxKeyFileBytes = 64 << 10
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFileBytes))
	return text, errors.Join(err, file.Close())
}
