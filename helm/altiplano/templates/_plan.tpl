{{/*
Memory and CPUs of a model. Shapes and parameter counts are Meta's published ones. A weight format is [weights of a quant block, its
bytes, margin in percent]: a file of K-quants keeps some tensors in a wider format than its name says.
*/}}
{{- define "altiplano.sizes" -}}
7B: {parameters: 6738415616, layers: 32, hidden: 4096, shards: 1, cpu: 8}
13B: {parameters: 13015864320, layers: 40, hidden: 5120, shards: 2, cpu: 12}
30B: {parameters: 32528943616, layers: 60, hidden: 6656, shards: 4, cpu: 24}
65B: {parameters: 65285660672, layers: 80, hidden: 8192, shards: 8, cpu: 32}
{{- end -}}

{{- define "altiplano.formats" -}}
F32: [1, 4, 3]
F16: [1, 2, 3]
I16: [128, 260, 0]
BF16: [1, 2, 3]
Q8_0: [32, 34, 5]
Q4_0: [32, 18, 8]
Q4_1: [32, 20, 8]
Q5_0: [32, 22, 6]
Q5_1: [32, 24, 6]
Q2_K: [256, 84, 30]
Q3_K: [256, 110, 25]
Q4_K: [256, 144, 10]
Q5_K: [256, 176, 6]
Q6_K: [256, 210, 5]
{{- end -}}

{{/* The format in which the engine holds weights that a file has in this one. */}}
{{- define "altiplano.heldAs" -}}
{{- if has . (list "Q4_1" "Q5_0" "Q5_1" "Q2_K") -}}Q8_0
{{- else if eq . "Q3_K" -}}Q6_K
{{- else -}}{{ . }}
{{- end -}}
{{- end -}}

{{/* A quantity such as 12Gi in MiB. */}}
{{- define "altiplano.mib" -}}
{{- if hasSuffix "Ti" . -}}{{ mul (trimSuffix "Ti" . | int64) 1048576 }}
{{- else if hasSuffix "Gi" . -}}{{ mul (trimSuffix "Gi" . | int64) 1024 }}
{{- else -}}{{ trimSuffix "Mi" . | int64 }}
{{- end -}}
{{- end -}}

{{/* Processors such as 8, 2.5 or 2500m in thousandths. */}}
{{- define "altiplano.milliCpu" -}}
{{- $text := toString . -}}
{{- if hasSuffix "m" $text -}}{{ trimSuffix "m" $text | int64 }}
{{- else -}}{{ mulf (float64 $text) 1000.0 | int64 }}
{{- end -}}
{{- end -}}

{{/* Thousandths of processors as a quantity. */}}
{{- define "altiplano.cpuQuantity" -}}
{{- $milli := int64 . -}}
{{- if eq (mod $milli 1000) 0 -}}{{ div $milli 1000 }}{{- else -}}{{ $milli }}m{{- end -}}
{{- end -}}

{{/* Whether the files are fetched into a volume before the start. */}}
{{- define "altiplano.fetched" -}}
{{- if has .Values.model.source (list "url" "s3") -}}true{{- end -}}
{{- end -}}

{{/* MiB that `parameters` weights take in `format`, margin included. */}}
{{- define "altiplano.weightsMiB" -}}
{{- $format := get (fromYaml (include "altiplano.formats" .)) .format -}}
{{- $bytes := div (mul (int64 .parameters) (int64 (index $format 1))) (int64 (index $format 0)) -}}
{{- add1 (div (div (mul $bytes (add 100 (int64 (index $format 2)))) 100) 1048576) -}}
{{- end -}}

{{/*
The plan: MiB of file, weights, KV cache and pod; CPUs; seconds of fetching and loading. All other templates read it.
*/}}
{{- define "altiplano.plan" -}}
{{- include "altiplano.checkGiven" . -}}
{{- $model := .Values.model -}}
{{- $size := get (fromYaml (include "altiplano.sizes" .)) $model.size -}}
{{- $heap := include "altiplano.mib" .Values.jvm.heap | int64 -}}
{{- $held := ternary (include "altiplano.heldAs" $model.fileFormat) (upper $model.weights) (eq $model.weights "file") -}}
{{- $file := int64 0 -}}{{- $weights := int64 64 -}}{{- $kv := int64 256 -}}
{{- $position := int64 0 -}}{{- $positions := int64 .Values.engine.kvCacheTokens -}}
{{- if $size -}}
{{- $file = include "altiplano.weightsMiB" (dict "format" $model.fileFormat "parameters" $size.parameters) | int64 -}}
{{- $weights = include "altiplano.weightsMiB" (dict "format" $held "parameters" $size.parameters) | int64 -}}
{{- $kvFormat := upper .Values.engine.kvFormat -}}
{{- if eq $kvFormat "AUTO" -}}{{- $kvFormat = ternary "F32" "I16" (eq $held "F32") -}}{{- end -}}
{{- $kvBlock := get (fromYaml (include "altiplano.formats" .)) $kvFormat -}}
{{- $position = div (mul 2 (int64 $size.layers) (int64 $size.hidden) (int64 (index $kvBlock 1))) (int64 (index $kvBlock 0)) -}}
{{- $kv = add1 (div (mul $position $positions) 1048576) -}}
{{- end -}}
{{- if .Values.engine.kvCacheSize -}}
{{- $kv = include "altiplano.mib" .Values.engine.kvCacheSize | int64 -}}
{{- if $size -}}{{- $positions = div (mul $kv 1048576) $position -}}{{- end -}}
{{- end -}}
{{- /* The engine counts in whole blocks. */ -}}
{{- $block := int64 .Values.engine.kvBlockTokens -}}
{{- $one := mul (div (add (.Values.engine.contextLength | default 2048 | int64) $block -1) $block) $block -}}
{{- $draft := int64 0 -}}
{{- with (.Values.engine.draftModel).memory -}}{{- $draft = include "altiplano.mib" . | int64 -}}{{- end -}}
{{- $needed := add $weights $kv $draft $heap 1024 -}}
{{- $neededGiB := div (add $needed 1023) 1024 -}}
{{- $memory := mul $neededGiB 1024 -}}
{{- if .Values.resources.memory -}}{{- $memory = include "altiplano.mib" .Values.resources.memory | int64 -}}{{- end -}}
{{- $milliCpu := int64 2000 -}}{{- if $size -}}{{- $milliCpu = mul 1000 (int64 $size.cpu) -}}{{- end -}}
{{- if .Values.resources.cpu -}}{{- $milliCpu = include "altiplano.milliCpu" .Values.resources.cpu | int64 -}}{{- end -}}
{{- $cpu := max 1 (div $milliCpu 1000) -}}
{{- /* Files are read twice: checksums, then packing. */ -}}
{{- $load := add 60 (div (mul 2 $file) (int64 .Values.startup.readMiBPerSecond)) -}}
{{- if eq $model.size "auto" -}}{{- $load = int64 1800 -}}{{- end -}}
{{- if .Values.startup.timeoutSeconds -}}{{- $load = int64 .Values.startup.timeoutSeconds -}}{{- end -}}
{{- $fetch := int64 0 -}}{{- $volume := int64 0 -}}
{{- if include "altiplano.fetched" . -}}
{{- $volume = add (div (mul $file 11) 10) 1024 -}}
{{- if $model.url.storage.size -}}{{- $volume = include "altiplano.mib" $model.url.storage.size | int64 -}}{{- end -}}
{{- $fetch = add 60 (div (max $file (div $volume 2)) (int64 .Values.startup.fetchMiBPerSecond)) -}}
{{- end -}}
{{- if include "altiplano.fetchesAdapters" . -}}
{{- $fetch = add $fetch (div (include "altiplano.mib" .Values.adapterStorage.size | int64) (int64 .Values.startup.fetchMiBPerSecond)) -}}
{{- end -}}
known: {{ not (not $size) }}
heldFormat: {{ $held }}
fileMiB: {{ $file }}
weightsMiB: {{ $weights }}
kvMiB: {{ $kv }}
kvPositions: {{ $positions }}
sequencePositions: {{ $one }}
sequenceMiB: {{ div (add (mul $position $one) 1048575) 1048576 }}
heapMiB: {{ $heap }}
neededMiB: {{ $needed }}
neededGiB: {{ $neededGiB }}
memoryMiB: {{ $memory }}
cpu: {{ $cpu }}
milliCpu: {{ $milliCpu }}
loadSeconds: {{ $load }}
fetchSeconds: {{ $fetch }}
volumeMiB: {{ $volume }}
graceSeconds: {{ add (int64 .Values.drain.preStopSeconds) (int64 .Values.drain.timeoutSeconds) 30 }}
maxReplicas: {{ ternary (int64 .Values.autoscaling.maxReplicas) (int64 .Values.replicas) (or .Values.autoscaling.hpa.enabled .Values.autoscaling.keda.enabled) }}
targetInFlight: {{ .Values.autoscaling.targetInFlight | default (max 1 (div (mul (int64 .Values.engine.maxSequences) 8) 10)) | int64 }}
{{- end -}}

{{/* A whole number of MiB, in Gi where it is one. */}}
{{- define "altiplano.quantity" -}}
{{- $mib := int64 . -}}
{{- if eq (mod $mib 1024) 0 -}}{{ div $mib 1024 }}Gi{{- else -}}{{ $mib }}Mi{{- end -}}
{{- end -}}

{{/* Access mode of the claim with the model, as the values say it; empty where there is no claim. */}}
{{- define "altiplano.accessMode" -}}
{{- $model := .Values.model -}}
{{- if eq $model.source "pvc" -}}{{ $model.pvc.accessMode }}
{{- else if and (include "altiplano.fetched" .) (eq $model.url.storage.type "pvc") -}}{{ $model.url.storage.accessMode }}
{{- end -}}
{{- end -}}

{{/* Whether that volume can be in use by one node or pod only. */}}
{{- define "altiplano.singleAttach" -}}
{{- if has (include "altiplano.accessMode" .) (list "ReadWriteOnce" "ReadWriteOncePod") -}}true{{- end -}}
{{- end -}}

{{/* Where the server finds the model; empty for the embedded one. */}}
{{- define "altiplano.modelPath" -}}
{{- if ne .Values.model.source "embedded" -}}
{{- list "/model" .Values.model.path | compact | join "/" -}}
{{- end -}}
{{- end -}}
