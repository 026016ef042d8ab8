# The runbook as a person follows it: every block of docs/runbook.md in one empty
# folder, with the real minisign and sha256sum. Part of run.sh.
need minisign "apt-get install minisign"
mkdir -p "$work/runbook/bin" && ln -s "$flagfill" "$work/runbook/bin/flagfill"
awk '
  /^```/ && !inside { inside = 1; file = $2; shell = $1 == "```sh"; if (file) print "cat >" file " <<\"END OF FILE\""; next }
  /^```/ { inside = 0; if (file) print "END OF FILE"; next }
  inside && !shell { print; next }
  inside && match($0, / *# exit code [0-9]+$/) {
    print "code=0; { " substr($0, 1, RSTART - 1) "; } || code=$?; [ $code = " substr($0, RSTART + RLENGTH - 1) " ]"; next }
  inside { print }
' docs/runbook.md >"$work/runbook/runbook.sh"
(cd "$work/runbook" && bash -euo pipefail runbook.sh) >"$work/stdout" 2>"$work/stderr"
verdict "the runbook, block by block" "$([ $? = 0 ] || echo "a block fails")"
