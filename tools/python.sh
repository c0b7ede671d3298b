#!/bin/sh
# Names the Python that .venv is made with. A Python built from source without
# --enable-optimizations (version managers do that) takes 1.3 times as long (docs/performance.md);
# where `python3` is such a one, the distribution's own is taken if it is new enough and can make
# an environment. `make PYTHON=...` decides otherwise.
set -u
good='
import sys, sysconfig
import ensurepip, venv
built = sysconfig.get_config_var("CONFIG_ARGS") or ""
own = sys.base_prefix == "/usr"  # distributions optimise, and do not say so
sys.exit(sys.version_info < (3, 11) or not (own or "--enable-optimizations" in built))
'
for python in python3 /usr/bin/python3; do
  if "$python" -c "$good" >/dev/null 2>&1; then
    echo "$python"
    exit 0
  fi
done
echo python3
