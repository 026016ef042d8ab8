package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flagfill/assurance/property"
	"flagfill/engine/meterpoint"
)

// sqlCases are points and policies that SQL decides once more.
type sqlCases struct {
	sets               []meterpoint.StatusSet
	recorded, reported []meterpoint.ServiceStatus
	rules              []meterpoint.Rules
}

func everyServiceStatus() (all []meterpoint.ServiceStatus) {
	for s := meterpoint.Null; s <= meterpoint.Unknown; s++ {
		all = append(all, s)
	}
	return all
}

// eachStatusAlone has every status set under the defaults and under each other
// choice alone, with the installed-status switch on and off.
func eachStatusAlone() sqlCases {
	c := sqlCases{recorded: everyServiceStatus(), reported: everyServiceStatus()}
	for set := range meterpoint.StatusSet(meterpoint.StatusSets) {
		c.sets = append(c.sets, set)
	}
	c.rules = []meterpoint.Rules{meterpoint.DefaultRules()}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		for _, choice := range a.Choices()[1:] {
			c.rules = append(c.rules, meterpoint.DefaultRules().With(a, choice))
		}
	}
	c.rules = onAndOff(c.rules)
	return c
}

// allPoliciesTogether has a status of each class that a policy tells apart,
// under every combination of policies.
func allPoliciesTogether() sqlCases {
	members := []meterpoint.StatusSet{meterpoint.Of(meterpoint.Commissioned), meterpoint.Of(meterpoint.InstalledNotCommissioned),
		meterpoint.Of(meterpoint.Suspended), meterpoint.Of(meterpoint.Recovered), meterpoint.Of(meterpoint.Withdrawn),
		meterpoint.Of(meterpoint.Pending), meterpoint.Unusable, meterpoint.PendingFuelMismatch}
	c := sqlCases{recorded: []meterpoint.ServiceStatus{meterpoint.Null, meterpoint.Active, meterpoint.Installed, meterpoint.NotActive},
		reported: []meterpoint.ServiceStatus{meterpoint.Null, meterpoint.Installed}}
	for bits := range 1 << len(members) {
		var set meterpoint.StatusSet
		for i, member := range members {
			if bits>>i&1 == 1 {
				set |= member
			}
		}
		c.sets = append(c.sets, set)
	}
	c.rules = []meterpoint.Rules{meterpoint.DefaultRules()}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		for _, before := range c.rules {
			for _, choice := range a.Choices()[1:] {
				c.rules = append(c.rules, before.With(a, choice))
			}
		}
	}
	c.rules = onAndOff(c.rules)
	return c
}

func onAndOff(rules []meterpoint.Rules) []meterpoint.Rules {
	for _, r := range rules {
		r.InstalledStatus = false
		rules = append(rules, r)
	}
	return rules
}

func (c sqlCases) count() int64 {
	return int64(len(c.sets)) * int64(len(c.recorded)) * int64(len(c.reported)) * 4 * int64(len(c.rules))
}

// The engine's table, asked for every situation, says what the rule says in
// SQL, which makes the situations itself and decides from names alone. One
// decision stands for its six outcomes: two scopes, three baselines.
func TestPropertyDecisionTableInSQL(t *testing.T) {
	if !property.Deep() {
		t.Skip("needs Node: make assurance")
	}
	property.Property{Goal: "R1", Name: "the engine's table says what the rule says in SQL", Unit: "decisions", Seeds: 1}.
		Check(t, func(t *testing.T, _ int) (decisions int64) {
			for _, c := range []sqlCases{eachStatusAlone(), allPoliciesTogether()} {
				found := c.askSQL(t, 0)
				want := sqlCounts{Cases: c.count()}
				if found.Decisions != want {
					t.Errorf("%+v, want %+v", found.Decisions, want)
				}
				if want := (sqlCounts{Cases: 48}); found.Dispositions != want {
					t.Errorf("dispositions: %+v, want %+v", found.Dispositions, want)
				}
				decisions += found.Decisions.Cases
			}
			return decisions
		})
}

// SQL finds every wrong answer of a table in which a few are planted.
func TestPropertySQLFindsWrongAnswers(t *testing.T) {
	if !property.Deep() {
		t.Skip("needs Node: make assurance")
	}
	property.Property{Goal: "R1", Name: "SQL finds every planted wrong answer", Unit: "planted answers", Seeds: 1}.
		Check(t, func(t *testing.T, _ int) int64 {
			c := allPoliciesTogether()
			c.rules = c.rules[:8]
			const planted = 8 * 256 // one in every line of answers
			if found := c.askSQL(t, 1); found.Decisions.Differences != planted {
				t.Errorf("%+v, want %d differences", found.Decisions, planted)
			}
			return planted
		})
}

// sqlCounts are what SQL counted of a part.
type sqlCounts struct {
	Cases       int64  `json:"cases"`
	Differences int64  `json:"differences"`
	Example     string `json:"example"`
}

// askSQL writes the answers down, the first wrong ones of each line turned
// into others, and has SQL count and compare.
func (c sqlCases) askSQL(t *testing.T, wrong int) (found struct{ Decisions, Dispositions sqlCounts }) {
	t.Helper()
	dir := t.TempDir()
	c.write(t, dir, wrong)
	peers, err := filepath.Abs("../bench/peers")
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(peers, "node_modules")
	if _, err := os.Stat(modules); err != nil {
		install := exec.Command("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")
		install.Dir, install.Env = peers, append(os.Environ(), "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt")
		if output, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm cannot install DuckDB into %s: %v\n%s", peers, err, output)
		}
	}
	node := exec.Command("node", "testdata/decide.mjs", dir)
	node.Env, node.Stderr = append(os.Environ(), "NODE_PATH="+modules), os.Stderr
	output, err := node.Output()
	if err != nil {
		t.Fatalf("SQL cannot be asked (Node is needed): %v", err)
	}
	if err := json.Unmarshal(output, &found); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return found
}

// write names everything, so that SQL need not know how a set is packed.
func (c sqlCases) write(t *testing.T, dir string, wrong int) {
	t.Helper()
	file := func(name, header string, lines []string) {
		text := header + "\n" + strings.Join(lines, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var sets, policies, answers, dispositions []string
	for id, set := range c.sets {
		names := strings.ReplaceAll(strings.Trim(set.String(), "{}"), " ", "|")
		if names == "" {
			names = "-"
		}
		sets = append(sets, fmt.Sprintf("%d;%s", id, names))
	}
	onOff := map[bool]string{true: "on", false: "off"}
	words := &answerWords{codes: map[sqlAnswer]string{}}
	for id, rules := range c.rules {
		line := fmt.Sprintf("%d;%s", id, onOff[rules.InstalledStatus])
		for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
			line += ";" + rules.Choices[a].String()
		}
		policies = append(policies, line)
		for set, codes := range c.answers(rules, words) {
			for at := range wrong {
				codes[at] = words.other(codes[at])
			}
			answers = append(answers, fmt.Sprintf("%d;%d;%s", id, set, strings.Join(codes, "")))
		}
	}
	eachDisposition(func(fuel, rdp, status, electricity, gas string, got Disposition) {
		dispositions = append(dispositions, strings.Join([]string{fuel, rdp, status, electricity, gas, got.String()}, ";"))
	})
	header := "policies_id;installed_status"
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		header += ";policy_" + strings.ReplaceAll(a.String(), "-", "_")
	}
	file("sets", "set_id;names", sets)
	file("policies", header, policies)
	file("recorded", "place;name", numbered(c.recorded))
	file("reported", "place;name", numbered(c.reported))
	file("answers", "policies_id;set_id;codes", answers)
	file("words", "code;word", words.lines)
	file("dispositions", "fuel;rdp;status;electricity;gas;disposition", dispositions)
}

func numbered(statuses []meterpoint.ServiceStatus) (lines []string) {
	for i, s := range statuses {
		lines = append(lines, fmt.Sprintf("%d;%s", i, s))
	}
	return lines
}

// sqlAnswer is what the engine's tables say of a point under each scope and
// baseline.
type sqlAnswer struct {
	status   meterpoint.ServiceStatus
	rule     meterpoint.Rule
	outcomes [6][3]byte
}

// answers asks the engine's tables for every point: a line of codes per set,
// in the order recorded, reported, own row, ever.
func (c sqlCases) answers(rules meterpoint.Rules, words *answerWords) [][]string {
	var tables [6]*verdicts
	for i := range tables {
		tables[i] = &verdicts{question: meterpoint.Question{Rules: rules, Scope: meterpoint.Scope(i / 3), Baseline: meterpoint.Baseline(i % 3)}}
	}
	lines := make([][]string, len(c.sets))
	for i, set := range c.sets {
		for _, recorded := range c.recorded {
			for _, reported := range c.reported {
				for flags := range 4 {
					p := meterpoint.Point{Set: set, Recorded: recorded, Reported: reported, Ever: flags&1 == 1, OwnRow: flags&2 == 2}
					lines[i] = append(lines[i], words.code(answerOf(&tables, p)))
				}
			}
		}
	}
	return lines
}

func answerOf(tables *[6]*verdicts, p meterpoint.Point) (a sqlAnswer) {
	for i, table := range tables {
		v := table.of(situation(p))
		a.status, a.rule = v.status, v.rule
		a.outcomes[i] = [3]byte{"UCHL"[v.fate], '-', '-'}
		if v.reportable {
			a.outcomes[i][1] = 'r'
		}
		if table.question.Outcome(p).HeldBack {
			a.outcomes[i][2] = 'b'
		}
	}
	return a
}

// answerWords gives every answer a code of three digits.
type answerWords struct {
	codes map[sqlAnswer]string
	lines []string
}

func (w *answerWords) code(a sqlAnswer) string {
	code, known := w.codes[a]
	if !known {
		code = fmt.Sprintf("%03d", len(w.codes))
		w.codes[a] = code
		word := a.status.String() + " " + a.rule.String()
		for _, outcome := range a.outcomes {
			word += " " + string(outcome[:])
		}
		w.lines = append(w.lines, code+";"+word)
	}
	return code
}

func (w *answerWords) other(code string) string {
	if code == "000" {
		return "001"
	}
	return "000"
}
