#!/bin/sh
# Measures Altiplano beside llama.cpp on the same GGUF file, in turns, and prints medians and their ratio.
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
ours() {
  set -- --pp "$(list pp)" --tg "$(list tg)" --batch "$(list bd)"
  java -jar target/altiplano.jar bench --model "$model" --threads "$threads" --repetitions 1 --json "$@" 2>/dev/null |
    tr -d ' \n' | sed 's/{"test"/\n{"test"/g' | sed -n 's/^{"test":"\([a-z0-9]*\)","tokens_per_second":\([0-9.]*\).*/\1 \2/p'
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
done

median() { sed -n "s/^$1 //p" "$2" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
printf '%s %s, %s threads, medians of %s runs in turns\n' "$size" "$weights" "$threads" "$runs"
printf '%-8s %12s %12s %8s\n' test Altiplano llama.cpp ratio
for each in $tests; do
  a=$(median "$each" "$folder/ours")
  b=$(median "$each" "$folder/theirs")
  printf '%-8s %12s %12s %8s\n' "$each" "$a" "$b" "$(awk "BEGIN { print $a / $b }")"
done
