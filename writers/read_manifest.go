package writers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"flagfill/engine"
)

// ReadManifest reads manifest.json of a publication and proves it as far as
// the file itself goes: the bytes are those that SHA256SUMS lists, content
// digest, identities and totals are recomputed. Other files are only listed; Verify
// reads them. A dir that is no publication, or whose manifest contradicts itself, is
// an *engine.Refusal of kind RefusedInput.
func ReadManifest(fsys FS, dir string) (*Manifest, error) {
	v := newVerifier(fsys, dir, nil, 1, nil)
	if err := v.listTop(); err != nil {
		return nil, err
	}
	v.findings = nil // of the folders below, which are not read here
	if err := v.readSums(); err != nil {
		return nil, err
	}
	text, err := v.readText(manifestName)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	if text != nil && v.sumsText != nil && !v.sumsUnusable && v.sums[manifestName] != hex.EncodeToString(sum[:]) {
		v.find(manifestName, "its bytes are not those that SHA256SUMS lists")
	}
	if text != nil {
		if err := guard(func() error { return v.proveManifest(text) }); err != nil { // it holds layouts, and those a decoder
			return nil, err
		}
	}
	if len(v.findings) > 0 {
		return nil, &engine.Refusal{Kind: engine.RefusedInput, Err: v.findings,
			Problem: "cannot trust " + engine.ShownPath(dir) + ": " + v.findings.Error(),
			Next:    "flagfill verify names everything that is wrong. Fetch the publication again, or run again."}
	}
	return v.manifest, nil
}

// Scenario is what the run asked: the rules, scope, baseline and switches under
// which the content stands. The manifest has been proven.
func (c *Content) Scenario() (engine.Scenario, error) {
	question, switches, err := c.question()
	return engine.Scenario{Question: question, Switches: switches}, err
}

// ReadRunSeconds is how long the run took that made a publication, by run.json:
// evidence that nothing else proves.
func ReadRunSeconds(fsys FS, dir string) (float64, error) {
	v := newVerifier(fsys, dir, nil, 1, nil)
	if err := v.listTop(); err != nil {
		return 0, err
	}
	text, err := v.readText(runName)
	if err != nil {
		return 0, err
	}
	var run struct {
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal(text, &run); err != nil || run.Seconds < 0 {
		return 0, &engine.Refusal{Kind: engine.RefusedInput, Err: err,
			Problem: "cannot read " + engine.ShownPath(v.locate(runName)) + ": it does not say how long the run took",
			Next:    "flagfill verify names everything that is wrong. Fetch the publication again, or run again."}
	}
	return run.Seconds, nil
}
