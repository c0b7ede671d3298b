#!/bin/sh
# What tests need besides Python: Chromium to look at the mail, espeak-ng to hear it, openssl to
# make certificates, Java to run the Nu HTML checker, SpamAssassin to score it, OpenDKIM to verify
# its signatures, Dovecot to fetch bounces from, npm for a third verifier, systemd to
# look at its units, iproute2 to give machines networks of their own and cut them. PostgreSQL comes as a wheel.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-liberation"
command -v espeak-ng >/dev/null 2>&1 || missing="$missing espeak-ng"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
command -v java >/dev/null 2>&1 || missing="$missing default-jre-headless"
command -v spamassassin >/dev/null 2>&1 || missing="$missing spamassassin"
command -v opendkim >/dev/null 2>&1 || missing="$missing opendkim"
command -v dovecot >/dev/null 2>&1 || missing="$missing dovecot-imapd"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
command -v ip >/dev/null 2>&1 || missing="$missing iproute2"
command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
  echo "Missing:$missing. Install them; tests that need them are skipped with a reason (under CI they fail)." >&2
  exit 0
fi
echo "Installing Debian packages (once):$missing"
log=$(mktemp)
# shellcheck disable=SC2086 - a list of names
if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "The packages could not be installed; see the lines above." >&2
  exit 1
fi
rm -f "$log"
