#!/bin/sh
# Measures Altiplano beside llama.cpp on the same GGUF file, in turns, and prints medians, their ratio, and what part of this
# machine's own limit (read bandwidth or multiply rate, measured in the same run) ours is.
#
#   docs/benchmark.sh PEER PEER_LIBRARIES [SIZE [WEIGHTS [RUNS]]]
#
# PEER is a program that is called "PEER MODEL.gguf PEER_LIBRARIES THREADS pp512 tg64 bd8" and prints one JSON object with
# tokens per second by those names. Needs target/altiplano.jar and a JDK 25 as java; THREADS and TESTS are read from the
# environment. Run it on an idle machine: both programs wait at barriers, so one busy neighbour halves them.
set -eu
peer=$1
libraries=$2
size=${3:-1.1B}
weights=${4:-q4_0}
runs=${5:-5}
threads=${THREADS:-2}
tests=${TESTS:-pp512 tg64 bd8 bd16 bd32}
folder=${TMPDIR:-/tmp}/altiplano-benchmark
model=$folder/$size-$weights.gguf
mkdir -p "$folder"

list() { # all numbers of one kind of test, with commas
  for each in $tests; do case $each in "$1"*) printf '%s,' "${each#"$1"}" ;; esac; done | sed 's/,$//'
}
ours() { # lines "test tokens/s part-of-limit"
  pp=$(list pp) tg=$(list tg) bd=$(list bd)
  set -- --pp "${pp:-0}" --tg "${tg:-0}" --batch "${bd:-0}"
  java -jar target/altiplano.jar bench --model "$model" --threads "$threads" --repetitions 1 --json "$@" 2>/dev/null |
    tr -d ' \n' | sed 's/{"test"/\n{"test"/g' |
    sed -n 's/^{"test":"\([a-z0-9]*\)","tokens_per_second":\([0-9.]*\).*"of_limit":\([0-9.]*\).*/\1 \2 \3/p'
  echo
}
theirs() {
  # shellcheck disable=SC2086
  "$peer" "$model" "$libraries" "$threads" $tests | tr ',{}' '\n\n\n' | sed -n 's/^"\([ptb][pgd][0-9]*\)":\([0-9.]*\)$/\1 \2/p'
}

[ -f "$model" ] || java -jar target/altiplano.jar bench --random "$size" --weights "$weights" --pp 0 --tg 1 --batch 0 \
  --repetitions 1 --save "$model" >/dev/null 2>&1
: >"$folder/ours"
: >"$folder/theirs"
run=0
while [ "$run" -lt "$runs" ]; do
  ours >>"$folder/ours"
  theirs >>"$folder/theirs"
  run=$((run + 1))
  for each in "$folder/ours" "$folder/theirs"; do
    measured=$(grep -c . "$each") || true
    [ "$measured" -ge "$((run * $(echo "$tests" | wc -w)))" ] || {
      echo "run $run: $each lacks results of $tests; run what fills it by hand to see why (is java a JDK 25?)" >&2
      exit 1
    }
  done
done

# median TEST FILE FIELD
median() { awk -v test="$1" -v field="$3" '$1 == test { print $field }' "$2" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
range() { awk -v test="$1" '$1 == test { print $2 }' "$2" | sort -n | awk 'NR == 1 { low = $1 } { high = $1 } END { printf "%.4g-%.4g", low, high }'; }
printf '%s %s, %s threads, medians (and ranges) of %s runs in turns\n\n' "$size" "$weights" "$threads" "$runs"
printf '| test | Altiplano | llama.cpp | ratio | of the limit |\n| --- | --- | --- | --- | --- |\n'
for each in $tests; do
  a=$(median "$each" "$folder/ours" 2)
  b=$(median "$each" "$folder/theirs" 2)
  printf '| %s | %.1f (%s) | %.1f (%s) | %.2f | %.0f %% |\n' "$each" "$a" "$(range "$each" "$folder/ours")" \
    "$b" "$(range "$each" "$folder/theirs")" "$(awk "BEGIN { print $a / $b }")" \
    "$(awk "BEGIN { print 100 * $(median "$each" "$folder/ours" 3) }")"
done
