#!/bin/sh
# Measures how long a stream waits for its tokens, alone and beside clients that send long prompts.
#
#   docs/streams.sh MODEL.gguf TARGET [TOKENS]
#
# TARGET is altiplano.engine.inter-token-target, such as 100ms; the stream has TOKENS tokens (300). Needs target/altiplano.jar, curl,
# awk, bash and a JDK 25 as java; PORT and JAVA_OPTIONS are read from the environment. Prompts are of token ids from 300 on, so the
# vocabulary must have 32,000. Run it on an idle machine.
set -eu
model=$1
target=$2
tokens=${3:-300}
port=${PORT:-18500}
url=http://127.0.0.1:$port
folder=$(mktemp -d "${TMPDIR:-/tmp}/altiplano-streams.XXXXXX")
server=
clients=
finish() {
  for each in $clients $server; do kill "$each" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap finish EXIT

# shellcheck disable=SC2086
java ${JAVA_OPTIONS:-} -jar target/altiplano.jar --altiplano.model.path="$model" --altiplano.engine.context-length=2048 \
  --altiplano.engine.inter-token-target="$target" --server.address=127.0.0.1 --server.port="$port" >"$folder/log" 2>&1 &
server=$!
until curl -sf -o /dev/null "$url/readyz"; do
  kill -0 "$server" || { cat "$folder/log"; exit 1; }
  sleep 0.5
done

ask() { curl -sN -H 'Content-Type: application/json' -d "@$1" "$url/v1/completions"; }
# stream NAME TOKENS: its gaps in milliseconds, and what is usual of them
stream() {
  printf '{"prompt": "Once", "max_tokens": %s, "seed": 1, "ignore_eos": true, "stream": true}' "$2" >"$folder/stream"
  # The time of each event, as bash knows it without a process of its own.
  ask "$folder/stream" | bash -c 'while IFS= read -r line; do case $line in "data: {"*) echo "$EPOCHREALTIME" ;; esac; done' |
    awk 'NR > 1 { printf "%.1f\n", 1000 * ($1 - last) } { last = $1 }' | sort -n |
    awk -v name="$1" '{ gap[NR] = $1 } END { printf "%s: %s gaps, median %s ms, 99th percentile %s ms, longest %s ms\n",
      name, NR, gap[int((NR + 1) / 2)], gap[int(NR * 0.99) ? int(NR * 0.99) : 1], gap[NR] }'
}
# client SEED: long prompts that nothing begins alike, one after the other, with a line for each that was answered
client() {
  round=0
  while true; do
    awk -v s="$1" -v r="$round" 'BEGIN { srand(1000 * s + r); printf "{\"max_tokens\": 1, \"prompt\": [";
      for (i = 0; i < 1800; i++) printf "%s%d", i ? "," : "", 300 + int(rand() * 31000); print "]}" }' >"$folder/client.$1"
    ask "$folder/client.$1" >/dev/null
    echo >>"$folder/answered"
    round=$((round + 1))
  done
}

stream "warm" 40 >/dev/null
stream "alone" "$tokens"
: >"$folder/answered"
for seed in 1 2 3; do
  client "$seed" &
  clients="$clients $!"
done
sleep 2
before=$(grep -c '' "$folder/answered") || true
begin=$(date +%s)
stream "among" "$tokens"
after=$(grep -c '' "$folder/answered") || true
awk -v n="$((after - before))" -v s="$(($(date +%s) - begin))" 'BEGIN { printf "prompts of 1,800 tokens answered meanwhile: %d, %.0f tokens/s\n", n, n * 1800 / s }'
