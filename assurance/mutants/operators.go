package mutants

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// operators walk a function's body and gather its mutants. What does not
// compile is dropped later: types are not looked at here.
type operators struct {
	text    string
	at      func(token.Pos) int
	results []string // types of the innermost function's results
	found   []*Mutant
}

var (
	boundaries = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}
	negations  = map[token.Token]string{token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">"}
	others     = map[token.Token]string{token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "*",
		token.SHL: ">>", token.SHR: "<<", token.AND: "|", token.OR: "&", token.XOR: "&", token.AND_NOT: "&"}
	logic       = map[token.Token]string{token.LAND: "||", token.LOR: "&&"}
	assignments = map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*=",
		token.OR_ASSIGN: "&=", token.AND_ASSIGN: "|=", token.XOR_ASSIGN: "&=", token.SHL_ASSIGN: ">>=", token.SHR_ASSIGN: "<<="}
)

// binaries are the operators that a binary expression may have instead.
var binaries = []struct {
	operator string
	swaps    map[token.Token]string
}{{"boundary", boundaries}, {"negated", negations}, {"arithmetic", others}, {"logic", logic}}

// source text of a node.
func (o *operators) source(n ast.Node) string { return o.text[o.at(n.Pos()):o.at(n.End())] }

// add notes that a node would be another text. The mutant shows it with what
// stands around.
func (o *operators) add(operator string, replaced ast.Node, after string) {
	o.found = append(o.found, &Mutant{Operator: operator, Before: o.source(replaced), After: after,
		from: o.at(replaced.Pos()), to: o.at(replaced.End())})
}

// addOperator notes that the operator between two operands would be another.
func (o *operators) addOperator(operator string, e *ast.BinaryExpr, after string) {
	o.add(operator, e, o.text[o.at(e.Pos()):o.at(e.OpPos)]+after+o.text[o.at(e.OpPos)+len(e.Op.String()):o.at(e.End())])
}

func (o *operators) visit(n ast.Node) bool {
	if s, ok := n.(ast.Stmt); ok && measuresTime.MatchString(o.source(s)) {
		return false
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		if o.source(n.Fun) == "make" && len(n.Args) == 3 { // a capacity is no behaviour
			ast.Inspect(n.Args[1], o.visit)
			return false
		}
	case *ast.FuncLit:
		inner := operators{text: o.text, at: o.at, results: resultTypes(n.Type, o.text, o.at)}
		ast.Inspect(n.Body, inner.visit)
		o.found = append(o.found, inner.found...)
		return false
	case *ast.BinaryExpr:
		for _, b := range binaries {
			if after, ok := b.swaps[n.Op]; ok {
				o.addOperator(b.operator, n, after)
			}
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			o.add("negated", n, o.source(n.X))
		}
	case *ast.BasicLit:
		if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil && n.Kind == token.INT {
			o.add("constant", n, strconv.FormatInt(v+1, 10))
			o.add("constant", n, strconv.FormatInt(v-1, 10))
		}
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			o.add("constant", n, strconv.FormatBool(n.Name == "false"))
		}
	case *ast.IfStmt:
		o.visitIf(n)
	case *ast.CaseClause:
		if len(n.Body) > 0 {
			o.addRange("case emptied", n.Body[0].Pos(), n.Body[len(n.Body)-1].End())
		}
	case *ast.ReturnStmt:
		o.visitReturn(n)
		return false
	default:
		if s, ok := n.(ast.Stmt); ok {
			o.visitStatement(s)
		}
	}
	return true
}

// addRange notes that statements would not be there.
func (o *operators) addRange(operator string, from, to token.Pos) {
	o.found = append(o.found, &Mutant{Operator: operator, Before: o.text[o.at(from):o.at(to)], from: o.at(from), to: o.at(to)})
}

// visitIf drops the call whose error is looked at, and turns a condition that
// is no comparison.
func (o *operators) visitIf(n *ast.IfStmt) {
	if a, ok := n.Init.(*ast.AssignStmt); ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 && o.source(a.Lhs[0]) == "err" {
		if _, ok := a.Rhs[0].(*ast.CallExpr); ok {
			o.add("call dropped", a.Rhs[0], "error(nil)")
		}
	}
	switch n.Cond.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr: // turned elsewhere
	default:
		o.add("negated", n.Cond, "!("+o.source(n.Cond)+")")
	}
}

// measuresTime is what a stopwatch is told and tells: its figures are for
// readers, and differ from run to run.
var measuresTime = regexp.MustCompile(`^(defer (func\(\) \{\s*)?)?[\w.]*(\.(Start|Lap)\(|[wW]atch\b|busy\b|verifying\b)`)

func (o *operators) visitStatement(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.ExprStmt, *ast.DeferStmt, *ast.SendStmt:
		o.addRange("statement removed", n.Pos(), n.End())
	case *ast.IncDecStmt:
		after := map[token.Token]string{token.INC: "--", token.DEC: "++"}[n.Tok]
		o.add("arithmetic", n, o.source(n.X)+after)
		o.addRange("statement removed", n.Pos(), n.End())
	case *ast.AssignStmt:
		if after, ok := assignments[n.Tok]; ok {
			o.add("arithmetic", n, o.source(n.Lhs[0])+after+o.source(n.Rhs[0]))
		}
		if n.Tok != token.DEFINE {
			o.addRange("statement removed", n.Pos(), n.End())
		}
		o.joined(n.Rhs)
	case *ast.BranchStmt:
		if after := map[token.Token]string{token.BREAK: "continue", token.CONTINUE: "break"}[n.Tok]; after != "" && n.Label == nil {
			o.add("branch", n, after)
		}
	}
}

// joined drops each call of errors.Join(a.Sync(), b.Close()).
func (o *operators) joined(values []ast.Expr) {
	for _, v := range values {
		c, ok := v.(*ast.CallExpr)
		if !ok || o.source(c.Fun) != "errors.Join" {
			continue
		}
		for _, argument := range c.Args {
			if _, ok := argument.(*ast.CallExpr); ok {
				o.add("call dropped", argument, "error(nil)")
			}
		}
	}
}

// visitReturn gives back nothing in the place of something. Constants beside an
// error or a false are left alone: nobody looks at them.
func (o *operators) visitReturn(n *ast.ReturnStmt) {
	o.joined(n.Results)
	idle := false
	if last := len(n.Results) - 1; last > 0 && last < len(o.results) {
		text := o.source(n.Results[last])
		idle = o.results[last] == "error" && text != "nil" || o.results[last] == "bool" && text == "false"
	}
	for i, value := range n.Results {
		_, constant := value.(*ast.BasicLit)
		constant = constant || slices.Contains([]string{"true", "false"}, o.source(value))
		if !constant || !idle {
			ast.Inspect(value, o.visit)
		}
		if len(n.Results) != len(o.results) || idle && i < len(n.Results)-1 {
			continue
		}
		zero := zeroOf(o.results[i])
		if text := o.source(value); zero == "" || text == zero || slices.Contains([]string{"true", "false", "0"}, text) {
			continue
		}
		operator := "zero returned"
		if zero == "nil" && o.results[i] == "error" {
			operator = "error dropped"
		}
		o.add(operator, value, zero)
	}
}

// zeroOf is the zero value of a type as it is written; "" where that does not
// tell.
func zeroOf(typ string) string {
	switch {
	case typ == "error" || typ == "any" || strings.HasPrefix(typ, "[]") || strings.HasPrefix(typ, "*") || strings.HasPrefix(typ, "map[") || strings.HasPrefix(typ, "func("):
		return "nil"
	case typ == "string":
		return `""`
	case typ == "bool":
		return "false"
	case strings.HasPrefix(typ, "int") || strings.HasPrefix(typ, "uint") || typ == "byte" || strings.HasPrefix(typ, "float"):
		return "0"
	}
	return ""
}
