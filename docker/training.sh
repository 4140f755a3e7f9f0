#!/bin/sh
# Requests of every kind, for a training run of Java's AOT cache (-XX:AOTCacheOutput): completions and chats, whole and streamed,
# refusals, mistakes, and what monitoring asks.
#
#   docker/training.sh http://127.0.0.1:8080     waits until the service is ready; needs curl
set -eu
url=$1
rounds=${2:-300}

tries=0
until curl -fs -o /dev/null "$url/readyz"; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { echo "$url is not ready after $tries tries" >&2; exit 1; }
  sleep 1
done

# many N PATH JSON: the same request N times, up to 32 of them at once
many() {
  i=0
  while [ "$i" -lt "$1" ]; do
    printf 'url = "%s"\noutput = "/dev/null"\n' "$url$2"
    i=$((i + 1))
  done | curl -sZ --parallel-max 32 -H 'Content-Type: application/json' -K - ${3:+-d "$3"} 2> /dev/null || true
}

# one PATH JSON: prints the status
one() {
  curl -s -o /dev/null -w "%{http_code}  $1\n" -H 'Content-Type: application/json' "$url$1" ${2:+-d "$2"}
}

chat='"messages":[{"role":"system","content":"Answer in few words."},{"role":"user","content":"Tell a story."}]'
curl -fsS -o /dev/null -H 'Content-Type: application/json' "$url/v1/completions" -d '{"prompt":"Once upon a time","max_tokens":16}'
one /v1/completions '{"prompt":["One day","A girl"],"n":2,"max_tokens":8,"logprobs":2,"echo":true,"seed":1,"temperature":0.7,"top_p":0.9,"stop":["\n"]}'
one /v1/completions '{"prompt":"One day","max_tokens":8,"stream":true,"stream_options":{"include_usage":true}}'
one /v1/chat/completions "{$chat,\"max_tokens\":16}"
one /v1/chat/completions "{$chat,\"max_tokens\":16,\"stream\":true}"
one /v1/completions '{"prompt":1.5}'
one /v1/completions '{"prompt":"x","unknown":1}'
one /v1/completions '{'
one /v1/nothing
one /v1/models
one /tokenize '{"prompt":"Once upon a time"}'
one /metrics
one /actuator/prometheus
one /actuator/info
one /actuator/health
one /livez
one /health
many "$rounds" /v1/completions '{"prompt":"Once upon a time","max_tokens":8}'
many "$rounds" /v1/completions '{"prompt":"One day","max_tokens":8,"stream":true}'
many "$((rounds / 4))" /v1/chat/completions "{$chat,\"max_tokens\":8,\"stream\":true}"
many 20 /metrics
