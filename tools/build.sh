# Builds. Sourced by ./dev.
JOBS=${KERASAN_JOBS:-$(nproc)}

build() {
  say "building the engine (build/)"
  cmake -S "$HERE" -B "$HERE/build" -G Ninja >"$HERE/build.log" 2>&1 \
    || { tail -20 "$HERE/build.log"; die "cmake failed; the whole log is in build.log"; }
  ninja -C "$HERE/build" -j"$JOBS" kerasan >"$HERE/build.log" 2>&1 \
    || { grep -A12 -m1 -E 'FAILED|error' "$HERE/build.log"; die "the build failed; see build.log"; }
  say "built build/kerasan"
}

build_sanitized() {
  say "building the unit tests under ASan and UBSan (build-asan/)"
  (cd "$HERE" && cmake --preset sanitize && ninja -C build-asan -j"$JOBS") \
    >"$HERE/build-asan.log" 2>&1 \
    || { grep -A12 -m1 -E 'FAILED|error' "$HERE/build-asan.log"; die "see build-asan.log"; }
}

build_fuzzers() {
  grep -q KERASAN_FUZZ "$HERE/CMakeLists.txt" || return 0
  say "building the fuzz targets (build-fuzz/)"
  (cd "$HERE" && cmake --preset fuzz && ninja -C build-fuzz -j"$JOBS" fuzzers) \
    >"$HERE/build-fuzz.log" 2>&1 \
    || { grep -A12 -m1 -E 'FAILED|error' "$HERE/build-fuzz.log"; die "see build-fuzz.log"; }
}
