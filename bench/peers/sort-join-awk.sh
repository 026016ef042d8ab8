#!/usr/bin/env bash
# The job of `flagfill run` with the tools of every Unix, as an anchor to
# measure against. It believes every row, so it is right only of a snapshot
# without faults.
#
#   bash sort-join-awk.sh DATA OUT YYYYMMDD THREADS
#
# DATA holds devices.csv and meter_points.csv; OUT gets a file of flow records for
# each distributor and one for gas, in the order of MPxNs as text.
set -euo pipefail
export LC_ALL=C
data=$1 out=$2 day=$3 threads=$4
mkdir -p "$out/sorted" "$out/flows"
by_mpxn() { sort --parallel="$threads" --buffer-size=1G --field-separator=, --temporary-directory="$out/sorted" "$@"; }

# MPxN, recorded status, whether it has a past.
awk -F, 'NR > 1 { print $1 "," $2 "," ($2 != "" || $6 != "" || $5 == "true") }' "$data/meter_points.csv" |
  by_mpxn --key=1,1 >"$out/sorted/points"

# MPxN and the classes of its meters: c commissioned, i installed, o other, p past.
awk -F, '
  BEGIN {
    class["Commissioned"] = "c"; class["InstalledNotCommissioned"] = "i"
    class["Suspended"] = class["Recovery"] = class["Recovered"] = "o"
    class["Decommissioned"] = class["Withdrawn"] = "p"
  }
  ($2 == "ESME" || $2 == "GSME") && $3 in class {
    for (i = 4; i <= 6; i++) if ($i != "") print $i "," class[$3]
  }' "$data/devices.csv" |
  by_mpxn --unique |
  awk -F, '
    $1 != mpxn { if (mpxn != "") print mpxn "," classes; mpxn = $1; classes = "" }
    { classes = classes $2 }
    END { if (mpxn != "") print mpxn "," classes }' >"$out/sorted/devices"

join -t, -a1 "$out/sorted/points" "$out/sorted/devices" |
  awk -F, -v day="$day" -v folder="$out/flows/" '
    {
      if ($4 ~ /c/) status = "A"
      else if ($4 ~ /i/) status = $4 ~ /o/ ? $2 : "I"
      else if ($3 || $4 != "") status = "N"
      else status = ""
    }
    status == $2 { next }
    length($1) < 13 { print "\"E46\"," $1 ",\"" status "\"," day >(folder "gas"); next }
    {
      distributor = substr($1, 1, 2)
      print "901|" ++instruction[distributor] "|DC01|\n902|" $1 "|" status "|" day "|" >(folder distributor)
    }'
rm -r "$out/sorted"
