#!/usr/bin/env bash
# Says plainly what is missing before anything is installed.
set -u
python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null 2>&1; then
  echo "Python 3.11 以上が見つかりません。Debian/Ubuntu では: apt install python3 python3-venv" >&2
  echo "Python 3.11 or later was not found. On Debian/Ubuntu: apt install python3 python3-venv" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$("$python" --version) は古すぎます。Python 3.11 以上が要ります（PYTHON=python3.12 のように指定できます）。" >&2
  echo "$("$python" --version) is too old. Python 3.11 or later is needed (choose one with PYTHON=python3.12)." >&2
  exit 1
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
  echo "Python の venv がありません。Debian/Ubuntu では: apt install python3-venv" >&2
  echo "Python's venv is missing. On Debian/Ubuntu: apt install python3-venv" >&2
  exit 1
fi
