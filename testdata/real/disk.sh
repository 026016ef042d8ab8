# What disks, limits and permissions do to a run. Part of run.sh.

run "$small" "$work/p"
verdict "a publication" "$(whole "$work/p")"
(cd "$work/p" && sha256sum -c --strict --quiet SHA256SUMS) >"$work/stderr" 2>&1
verdict "sha256sum -c agrees" "$([ $? = 0 ] || echo "exit code not 0")"
listed=$(wc -l <"$work/p/SHA256SUMS") files=$(find "$work/p" -type f | wc -l)
verdict "SHA256SUMS lists every other file" "$([ $((listed + 1)) = "$files" ] || echo "$listed lines, $files files")"

mounted() { # NAME SIZE: an empty file system of its own at $disk
  disk=$work/mount-$1
  mkdir "$disk" && mount -t tmpfs -o "size=$2,mode=755" none "$disk" || { echo "cannot mount $disk" >&2; exit 1; }
}

mounted roomy 64m
run "$small" "$disk/out"
verdict "a disk with room" "$(whole "$disk/out")"
used_kib=$(($(df --output=used -k "$disk" | tail -1)))

# A disk that is full after a part of the publication, whichever part it is.
for percent in 3 20 40 60 80 95; do
  mounted "full-$percent" "$((used_kib * percent / 100))k"
  run "$small" "$disk/out"
  verdict "full disk at $percent %" "$(refused "$disk/out" 1 "The disk is full: free space")"
done
mounted exact "${used_kib}k"
run "$small" "$disk/out"
verdict "a disk just large enough" "$(whole "$disk/out")"

run "$small" "$disk"
verdict "a mount point as --out" "$(grep -q "mount point" "$work/stderr" && [ $code = 2 ] || echo "exit code $code")"
mount -o remount,ro "$disk"
run "$small" "$disk/other"
verdict "a read-only disk" "$(refused "$disk/other" 1 "read-only: name a folder on another")"

run "$small" "$work/missing/out"
verdict "a parent that is missing" "$(refused "$work/missing" 1 "Make the folder first")"

chmod -R a+rX "$small"
cp -r "$small" "$work/public"
mkdir "$work/theirs"
setpriv --reuid 65534 --regid 65534 --clear-groups "$flagfill" run $(tables "$work/public") --out "$work/theirs/out" $options >"$work/stdout" 2>"$work/stderr"
code=$?
verdict "a folder of somebody else" "$(refused "$work/theirs/out" 1 "Get the right to write there")"

# ulimit holds for the subshell alone, which hands the exit code over.
limited() { # ULIMIT-FLAG VALUE OUT
  (ulimit "$1" "$2" && run "$small" "$3"; exit "$code")
  code=$?
}
limited -f 8 "$work/out"
verdict "a limit on the size of files" "$(refused "$work/out" 1 "ulimit -f")"
limited -n 20 "$work/out"
verdict "a limit on open files" "$(refused "$work/out" 1 "ulimit -n")"
run "$small" "$work/out"
verdict "and afterwards it works" "$(whole "$work/out")"
