#!/usr/bin/env bash
# The least that hashing and writing flow files can take with the tools of every
# Unix: cat of them through sha256sum into a file with fsync.
#
#   bash cat-sha256.sh FOLDER FILE
set -euo pipefail
find "$1" -type f -print0 | sort -z | xargs -0 cat | tee "$2" | sha256sum
sync "$2"
