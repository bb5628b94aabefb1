# ./dev lab: every bug of the catalogue on real releases, then the scoreboard. Sourced by ./dev.
run_lab() {
  need_packages
  build
  KERASAN_ENVS="$ENVS" "$HERE/build/kerasan" bugs run --write --jobs "$JOBS" "$@"
}
