#!/usr/bin/env bash
# Brings what this checkout needs: uv, the locked environment and, where it may, the system's packages.
# Safe to run again: each part is skipped when it stands.   Usage: scripts/setup.sh [demo|test|bench]
set -euo pipefail
cd "$(dirname "$0")/.."
for_what=${1:-test}
python=${PYTHON:-python3}
say() { printf '%s\n' "$*" >&2; }

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ "${QALQAN_NO_APT:-}" != 1 ]; }
apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >/dev/null; }
apt_fresh=no
apt_install() {
  if [ "$apt_fresh" = no ]; then apt_get update || return 1; apt_fresh=yes; fi
  apt_get install -y --no-install-recommends "$@"
}

"$python" - <<'PY' || { say "Qalqan needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1). Set PYTHON=/path/to/it."; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

# 1. uv, at the version that the lock names, in a folder of its own.
uv=.tools/bin/uv
if ! cmp -s requirements/tools.txt .tools/stamp; then
  say "setup: bringing uv …"
  rm -rf .tools
  if ! "$python" -m venv .tools >/dev/null 2>&1; then
    can_apt && apt_install python3-venv || { say "setup: this Python cannot make a virtual environment. Install python3-venv."; exit 1; }
    rm -rf .tools && "$python" -m venv .tools
  fi
  .tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
  cp requirements/tools.txt .tools/stamp
fi

# 2. The system's packages: each group is skipped, by name and with its reason, where it cannot be had.
skipped=0
while read -r group needed_for packages; do
  case "$group" in ''|'#'*) continue ;; esac
  case "$for_what/$needed_for" in demo/test|*/bench) [ "$for_what" = bench ] || continue ;; esac
  missing=""
  for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && continue
  if ! can_apt; then
    skipped=$((skipped + 1)); say "setup: skipped $group: needs root and apt. By hand: apt-get install$missing"
  elif say "setup: bringing $group …"; ! apt_install $missing; then
    skipped=$((skipped + 1)); say "setup: skipped $group: apt could not bring$missing"
  fi
done < requirements/system.txt

# 3. The locked environment, and Qalqan itself in it.
lock=requirements/dev.txt
[ "$for_what" = bench ] && lock=requirements/bench.txt
want=$(cat $lock pyproject.toml | sha256sum)
if [ "$want" != "$(cat .venv/stamp 2>/dev/null || true)" ]; then
  say "setup: bringing the locked environment …"
  [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
  "$uv" pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python "$lock"
  "$uv" pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python -e .
  printf '%s\n' "$want" > .venv/stamp
fi
[ "$skipped" = 0 ] || say "setup: $skipped group(s) of system packages skipped; what needs them will say so."
