# ./dev test. Sourced by ./dev. Every part runs; the exit status is non-zero if any failed.
FAILED=()

part() {
  local name=$1
  shift
  say "$name"
  "$@" || { FAILED+=("$name"); say "FAILED: $name"; }
}

layout_check() {
  [ ! -e "$HERE/tools/check_layout.py" ] || python3 "$HERE/tools/check_layout.py"
}

unit_tests() {
  [ -x "$HERE/build-asan/kerasan_tests" ] || { echo "no unit tests were built"; return 1; }
  "$HERE/build-asan/kerasan_tests" --gtest_brief=1
}

fuzz_briefly() {
  local target seeds
  for target in "$HERE"/build-fuzz/*_fuzz "$HERE"/build-fuzz/fuzz_*; do
    [ -f "$target" ] && [ -x "$target" ] || continue
    seeds=$(mktemp -d)
    "$target" -max_total_time=8 -print_final_stats=0 -verbosity=0 "$seeds" || return 1
    rm -rf "$seeds"
    echo "fuzzed ${target##*/} for 8 s: no crash"
  done
}

RELEASES=(keras3 backends tf-2.15.0 tf-2.9.0 tf-2.4.0 tf-1.13.1 tf-1.14.0 tf-1.15.0 tf-2.0.0 tf-2.1.0 tf-2.2.0 tf-2.3.0
  tf-2.3.1 tf-2.5.0)

run_tests() {
  local quick=0 nightly=0 name
  [ "${1:-}" != --quick ] || quick=1
  [ "${1:-}" != --nightly ] || nightly=1
  need_packages
  need_env tests
  need_env study
  for name in "${RELEASES[@]}"; do need_env "$name"; done
  part "layout of the source" layout_check
  build
  part "sanitizer build" build_sanitized_checked
  part "unit tests (ASan, UBSan)" unit_tests
  part "fuzz build" build_fuzzers_checked
  part "fuzz targets, 8 s each" fuzz_briefly
  part "ruff" "$ENVS/tests/bin/ruff" check -q "$HERE"
  part "programs on real releases" env -C "$HERE" KERASAN_ENVS="$ENVS" KERASAN_QUICK=$quick KERASAN_NIGHTLY=$nightly \
    "$ENVS/tests/bin/python" -m pytest -q -rfE -n "$JOBS" --dist worksteal tests
  [ ${#FAILED[@]} = 0 ] || { printf 'dev: failed: %s\n' "${FAILED[@]}" >&2; exit 1; }
  say "all parts passed"
}

# In a subshell, so that a failed build is one failed part and not the end.
build_sanitized_checked() { (build_sanitized); }
build_fuzzers_checked() { (build_fuzzers); }
