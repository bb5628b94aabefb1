# Shared by the parts of ./dev: progress lines, clear failures.
BEGAN=$SECONDS
if [ -t 1 ]; then BOLD=$'\e[1m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD='' RED='' PLAIN=''; fi

say() { printf '%s[%4ds] %s%s\n' "$BOLD" $((SECONDS - BEGAN)) "$*" "$PLAIN"; }
die() { printf '%sdev: %s%s\n' "$RED" "$*" "$PLAIN" >&2; exit 2; }
