#!/bin/sh
# mailauth, the third verifier of our signatures, from npm: hash-checked, and without running any
# package's scripts. Without npm the tests that need it are skipped with a reason.
set -eu
folder=$(dirname "$0")/mailauth
[ -f "$folder/node_modules/mailauth/package.json" ] && exit 0
if ! command -v npm >/dev/null 2>&1; then
  echo "Missing: npm. Install it; the test that needs mailauth is skipped with a reason (under CI it fails)." >&2
  exit 0
fi
if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent; then
  echo "npm did not bring mailauth; the test that needs it is skipped with a reason (under CI it fails)." >&2
fi
