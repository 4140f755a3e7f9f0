#!/bin/sh
# Measures what evaluation in the process gains, and what a divergence costs.
#
#   docs/evaluation.sh MODEL.gguf [QUESTIONS] [CHUNKS]
#
# QUESTIONS questions of four choices behind five solved examples, by eval in the process and by the same requests one after the
# other over HTTP, whose time is taken from a twentieth of the questions; and CHUNKS chunks of 512 tokens by --perplexity, and by
# --divergence of the model from itself. Needs target/altiplano.jar, curl, awk and a JDK 25 as java; PORT and JAVA_OPTIONS are
# read from the environment. Run it on an idle machine.
set -eu
model=$1
questions=${2:-1000}
chunks=${3:-8}
port=${PORT:-18490}
folder=$(mktemp -d "${TMPDIR:-/tmp}/altiplano-evaluation.XXXXXX")
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

# documents COUNT SEED: questions of forty words with choices of three
documents() {
  awk -v n="$1" -v seed="$2" '
    function words(count, text, i) {
      for (i = 0; i < count; i++) text = text (i ? " " : "") list[int(rand() * size) + 1]
      return text
    }
    BEGIN {
      srand(seed)
      size = split("the river runs past a small house and nobody knows why it turns green before winter comes to them", list, " ")
      for (i = 0; i < n; i++)
        printf "{\"question\": \"%s?\", \"choices\": [\"%s\", \"%s\", \"%s\", \"%s\"], \"label\": %d}\n",
          words(40), words(3), words(3), words(3), words(3), int(rand() * 4)
    }'
}
mkdir "$folder/data"
documents 100 1 >"$folder/data/train.jsonl"
documents "$questions" 2 >"$folder/data/test.jsonl"

# task NAME SAMPLER: by default each question has other examples in front of it; by first_n all have the same
task() {
  cat >"$folder/$1.yaml" <<EOF
task: $1
training_split: train
test_split: test
output_type: multiple_choice
doc_to_text: "Question: {{question}}\nAnswer:"
doc_to_choice: choices
doc_to_target: label
num_fewshot: 5
fewshot_config:
  sampler: $2
EOF
}
task drawn default
task fixed first_n

altiplano() {
  # shellcheck disable=SC2086
  java ${JAVA_OPTIONS:-} -jar target/altiplano.jar "$@" 2>"$folder/err" || { cat "$folder/err" >&2; return 1; }
}
# seconds FILE: of the run itself, without loading
seconds() { tr -d ' \n' <"$1" | sed 's/.*"run":{[^}]*"seconds":\([0-9.E+-]*\).*/\1/'; }

for name in drawn fixed; do
  altiplano eval "$model" --task-files "$folder" --tasks $name --data "$folder/data" --json "$folder/json" >"$folder/out"
  seconds "$folder/json" >"$folder/$name.here"
done

few=$(((questions + 19) / 20))
# shellcheck disable=SC2086
java ${JAVA_OPTIONS:-} -jar target/altiplano.jar --altiplano.model.path="$model" --altiplano.model.id=model --server.address=127.0.0.1 \
  --server.port="$port" >"$folder/log" 2>&1 &
server=$!
until curl -sf -o /dev/null "http://127.0.0.1:$port/readyz"; do
  kill -0 "$server" || { cat "$folder/log"; exit 1; }
  sleep 0.5
done
for name in drawn fixed; do
  altiplano eval --base-url "http://127.0.0.1:$port" --model-name model --parallel 1 --task-files "$folder" --tasks $name \
    --data "$folder/data" --limit "$few" --json "$folder/json" >"$folder/out"
  seconds "$folder/json" >"$folder/$name.there"
done
kill "$server"
wait "$server" || true
server=
for name in drawn fixed; do
  awk -v here="$(cat "$folder/$name.here")" -v there="$(cat "$folder/$name.there")" -v n="$questions" -v few="$few" -v name=$name \
    'BEGIN { printf "%s examples: %d questions in %.1f s, %.3f s each; one by one over HTTP %.3f s each, %.1f times as long\n",
      name, n, here, here / n, there / few, there / few / (here / n) }'
done

awk -v n="$((chunks * 600))" 'BEGIN { srand(3); size = split("the river runs past a small house and nobody knows why", list, " ")
  for (i = 0; i < n; i++) printf "%s ", list[int(rand() * size) + 1] }' >"$folder/text"
# timed COMMAND...: what it takes in seconds
timed() {
  begin=$(date +%s.%N)
  "$@" >"$folder/out"
  date +%s.%N | awk -v begin="$begin" '{ print $1 - begin }'
}
# What is not the measuring itself, loading above all, is taken off by a run of one chunk.
alone=$(timed altiplano eval "$model" "$folder/text" --perplexity --chunks "$chunks")
alone1=$(timed altiplano eval "$model" "$folder/text" --perplexity --chunks 1)
both=$(timed altiplano eval "$model" "$folder/text" --divergence --chunks "$chunks")
both1=$(timed altiplano eval "$model" "$folder/text" --divergence --chunks 1)
awk -v a="$alone" -v a1="$alone1" -v b="$both" -v b1="$both1" -v n="$((chunks - 1))" \
  'BEGIN { printf "perplexity %.2f s a chunk, divergence %.2f s a chunk: %.2f times as long\n", (a - a1) / n, (b - b1) / n, (b - b1) / (a - a1) }'
