#!/bin/sh
# Measures what HTTP costs: the time to the first token of an idle service beside the engine's own prefill, and 32 streams of
# server-sent events beside the engine's own decode of 32 sequences, in turns.
#
#   docs/serving.sh MODEL.gguf [RUNS]
#
# Needs target/altiplano.jar, curl and a JDK 25 as java; PORT and JAVA_OPTIONS are read from the environment. Prompts are of
# token ids from 300 on, so the vocabulary must have 32,000. Run it on an idle machine.
set -eu
model=$1
runs=${2:-3}
port=${PORT:-18480}
url=http://127.0.0.1:$port
folder=$(mktemp -d "${TMPDIR:-/tmp}/altiplano-serving.XXXXXX")
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

# prompt TOKENS SEED: ids that no other prompt begins with
prompt() { awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s%d", i ? "," : "", 300 + (s * 7919 + i * 104729) % 31000 }'; }
request() { # TOKENS SEED MAX_TOKENS
  printf '{"prompt": [%s], "max_tokens": %s, "temperature": 0, "stream": true}' "$(prompt "$1" "$2")" "$3" >"$folder/request.$2"
}
ask() { # SEED
  curl -sN -o /dev/null -w '%{time_starttransfer}\n' -H 'Content-Type: application/json' -d "@$folder/request.$1" "$url/v1/completions"
}
stream() { # FIRST_SEED MAX_TOKENS: 32 requests together, their processes in $streams
  streams=
  for each in $(seq "$1" $(($1 + 31))); do
    request 16 "$each" "$2"
    ask "$each" >/dev/null &
    streams="$streams $!"
  done
}
metric() { curl -s "$url/metrics" | awk -v name="$1" '$1 == name { print $2 }'; }
median() { sort -n "$1" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

bench() { # adds to what the engine does by itself
  # shellcheck disable=SC2086
  java ${JAVA_OPTIONS:-} -jar target/altiplano.jar bench --model "$model" --pp 512 --tg 0 --batch 32 --repetitions 1 --json 2>/dev/null |
    tr -d ' \n' | sed 's/{"test"/\n{"test"/g' | sed -n 's/^{"test":"\([a-z0-9]*\)","tokens_per_second":\([0-9.]*\).*/\1 \2/p' >>"$folder/bench"
}
mean() { awk -v test="$1" '$1 == test { sum += $2; count++ } END { print sum / count }' "$folder/bench"; }

round() {
  # Before and after the service, since the machine's speed drifts.
  : >"$folder/bench"
  bench

  # shellcheck disable=SC2086
  java ${JAVA_OPTIONS:-} -jar target/altiplano.jar --altiplano.model.path="$model" --server.address=127.0.0.1 --server.port="$port" \
    >"$folder/log" 2>&1 &
  server=$!
  until curl -sf -o /dev/null "$url/actuator/health/readiness"; do
    kill -0 "$server" || { cat "$folder/log"; exit 1; }
    sleep 0.2
  done
  # What comes first finds Java cold: while it compiles, the engine does not have the processors to itself.
  sleep 20
  stream 201 100
  # shellcheck disable=SC2086
  wait $streams || true
  sleep 1
  for each in 1 2 3 4 5; do
    request 512 "$each" 1
    ask "$each" >>"$folder/ttft"
    sleep 0.3
  done
  stream 101 400
  # From when all of them generate until before the first ends.
  sleep 3
  before=$(metric altiplano_generated_tokens_total) begin=$(date +%s.%N)
  sleep 5
  after=$(metric altiplano_generated_tokens_total) end=$(date +%s.%N)
  running=$(metric altiplano_requests_running)
  kill "$server"
  wait "$server" || true
  server=
  # shellcheck disable=SC2086
  wait $streams || true
  bench

  awk "BEGIN { print 512 / $(mean pp512) }" >>"$folder/prefill"
  mean bd32 >>"$folder/decode"
  awk "BEGIN { print ($after - $before) / ($end - $begin) }" >>"$folder/streams"
  awk "BEGIN { print $(tail -n 1 "$folder/streams") / $(tail -n 1 "$folder/decode") }" >>"$folder/share"
  echo "run $1: prefill $(tail -n 1 "$folder/prefill") s, first token $(median "$folder/ttft") s; decode $(tail -n 1 "$folder/decode"), streams $(tail -n 1 "$folder/streams") tokens/s with $running running"
}

run=1
while [ "$run" -le "$runs" ]; do
  round "$run"
  run=$((run + 1))
done
prefill=$(median "$folder/prefill") ttft=$(median "$folder/ttft") decode=$(median "$folder/decode") streams=$(median "$folder/streams")
printf '\n| | engine | over HTTP | ratio |\n| --- | --- | --- | --- |\n'
awk "BEGIN { printf \"| 512-token prompt to its first token | %.3f s | %.3f s | %.2f |\\n\", $prefill, $ttft, $ttft / $prefill }"
awk "BEGIN { printf \"| 32 sequences, together | %.0f tokens/s | %.0f tokens/s | %.2f |\\n\", $decode, $streams, $(median "$folder/share") }"
