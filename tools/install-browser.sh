#!/bin/sh
# Debian's Chromium, with which tests look at the mail as readers do.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
  echo "Chromium is missing: install the package 'chromium'; browser tests are skipped (they fail under CI)." >&2
  exit 0
fi
echo "Installing Debian's chromium (once)"
log=$(mktemp)
if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "chromium could not be installed; see the lines above." >&2
  exit 1
fi
rm -f "$log"
