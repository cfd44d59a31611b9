# Sourced by the scripts: leaves in $python a Python that is new enough, or says what is missing.
# The machine may have several under several names, and `python3` may be the oldest of them.

python=
for candidate in python3 python3.11 python3.12 python3.13 python3.14 python; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "$0: Python 3.11 or later is needed and none was found in PATH ($PATH)." >&2
    exit 1
fi
