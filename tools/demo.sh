# ./dev demo. Sourced by ./dev.
watch() {  # environment, program, expected exit status
  local status=0
  say "kerasan run on $1: $2"
  TF_CPP_MIN_LOG_LEVEL=3 "$HERE/build/kerasan" run --python "$ENVS/$1/bin/python" -- \
    "$HERE/$2" || status=$?
  say "exit status $status (expected $3)"
  [ "$status" = "$3" ] || DEMO_WRONG=1
}

# A report of the small study in docs/sample-study, by the steps that any study takes.
study() { "$HERE/build/kerasan" study "$@"; }

sample_study() {  # folder to write to
  local project="$1/sample.db" sample="$HERE/docs/sample-study" key stage value note
  rm -rf "$1" && mkdir -p "$1" || return 1
  study init "$project" --reviewers ana,ben,eva --as ana || return 1
  study import "$project" "$sample/issues.csv" --as ana || return 1
  while IFS=$'\t' read -r key stage value note; do
    study decide "$project" "$key" "$value" --stage "$stage" --note "$note" --as ana >/dev/null || return 1
  done <"$sample/decisions.txt"
  study import "$project" "$sample/package" --as ana >/dev/null || return 1
  study agreement "$project" | grep -E 'items,|alpha, nominal'
  study report "$project" -o "$1/report"
}

demo() {
  DEMO_WRONG=0
  need_packages
  build
  local name
  for name in keras3 tf-2.1.0 tf-2.2.0; do need_env "$name"; done
  say "1. a healthy program on current Keras: a clean report with its coverage"
  watch keras3 tests/corpus/healthy/sequential.py 0
  say "2. evaluate over a dataset whose last batch is smaller, on a release that is silently wrong"
  watch tf-2.1.0 tests/examples/wrong-calculation/program.py 1
  say "3. the same program on the next release: nothing to find"
  watch tf-2.2.0 tests/examples/wrong-calculation/program.py 0
  say "4. a study of silent bugs: the findings in docs/findings, screened, labelled and reported"
  sample_study "$HERE/build/sample-study" || DEMO_WRONG=1
  [ "$DEMO_WRONG" = 0 ] || die "the demo did not go as expected, see above"
  say "the demo went as expected"
}
