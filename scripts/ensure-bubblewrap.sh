#!/bin/sh
# Installs bubblewrap from the distribution when it is missing, saying so; never fails the caller:
# the program itself says what is missing and what mends it.
command -v bwrap >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "bubblewrap is missing: install it with your package manager, so that code can run in a sandbox"
    exit 0
fi
if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null 2>&1; then as_root="sudo"; else
    echo "bubblewrap is missing: as root, apt-get install bubblewrap"
    exit 0
fi
echo "installing bubblewrap (the embedded sandbox) with apt-get"
export DEBIAN_FRONTEND=noninteractive
if ! said=$( { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends bubblewrap; } 2>&1 ); then
    echo "bubblewrap could not be installed: $(echo "$said" | tail -n 1)"
fi
