{{/*
Refuses values with which pods would fail or never start, and says what to change. All reasons are given at once.
*/}}
{{- define "altiplano.given" -}}
replicas image.repository model.size model.source model.fileFormat model.weights model.url.parallel model.url.storage.type
engine.backend engine.contextLength engine.maxSequences engine.maxBatchTokens engine.interTokenTargetMs engine.kvBlockTokens engine.kvFormat
engine.kvCacheTokens adapterStorage.size cache.type cache.size queue.capacity queue.tokens queue.timeoutSeconds queue.maxTimeoutSeconds apiKeys.key logs.format
tracing.sampling drain.preStopSeconds drain.timeoutSeconds jvm.heap startup.readMiBPerSecond startup.fetchMiBPerSecond
readiness.periodSeconds readiness.failureThreshold liveness.periodSeconds liveness.failureThreshold service.port service.targetPort
service.appProtocol autoscaling.minReplicas autoscaling.maxReplicas autoscaling.hpa.metricName
autoscaling.keda.pollingIntervalSeconds autoscaling.keda.cooldownSeconds ingress.path httpRoute.backend httpRoute.requestTimeout
inferencePool.endpointPicker.port inferencePool.endpointPicker.failureMode replay.file replay.timeoutSeconds tests.scheme tests.apiKeySecret.key
monitoring.prometheusRule.ttftObjectiveSeconds monitoring.prometheusRule.runbook model.s3.image image.pullPolicy monitoring.podMonitor.interval monitoring.serviceMonitor.interval
{{- end -}}

{{/* Refuses null where a number or name is needed, before anything is computed from it. */}}
{{- define "altiplano.checkGiven" -}}
{{- $missing := list -}}
{{- range $path := include "altiplano.given" . | replace "\n" " " | splitList " " | compact -}}
{{- $here := $.Values -}}
{{- range splitList "." $path -}}
{{- if kindIs "map" $here -}}{{- $here = get $here . -}}{{- else -}}{{- $here = "" -}}{{- end -}}
{{- end -}}
{{- if or (kindIs "invalid" $here) (eq (toString $here) "") -}}
{{- $missing = append $missing (printf "%s is null, and a value is needed: give one, or leave the setting out for the chart's own" $path) -}}
{{- end -}}
{{- end -}}
{{- if $missing -}}
{{- fail (printf "\n\n%s\n" (join "\n" $missing)) -}}
{{- end -}}
{{- end -}}

{{/* What is wrong with a file or repository that is to be fetched, a line for each. */}}
{{- define "altiplano.fileProblems" -}}
{{- $file := .file -}}
{{- if hasPrefix "hf:" $file.url -}}
{{- if or $file.sha256 $file.name }}
{{ .of }} is a repository of several files: it takes no sha256 and no name
{{- end -}}
{{- if and (not (regexMatch "@[0-9a-f]{40}$" $file.url)) (not .url.allowUnverified) }}
{{ .of }} names no commit, so its files may change: write hf:owner/name@ and the 40 digits of a commit, or set model.url.allowUnverified
{{- end -}}
{{- else -}}
{{- if not (regexMatch "^[A-Za-z0-9][A-Za-z0-9._-]*$" (include "altiplano.fileName" $file)) }}
{{ .of }}.url ends in no file name: set name
{{- end -}}
{{- if and (hasPrefix "http://" $file.url) (not .url.allowHttp) }}
{{ .of }}.url is http, where anyone on the way can change the file: use https, or set model.url.allowHttp
{{- end -}}
{{- if and (not $file.sha256) (not .url.allowUnverified) }}
{{ .of }} has no sha256: give it, or set model.url.allowUnverified
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "altiplano.check" -}}
{{- $v := .Values -}}
{{- $model := $v.model -}}
{{- $plan := fromYaml (include "altiplano.plan" .) -}}
{{- $wrong := list -}}

{{- /* The model and where it comes from. */ -}}
{{- if and (eq $model.source "embedded") (ne $model.size "demo") -}}
{{- $wrong = append $wrong (printf "model.size is %s, and only demo is inside the image: set model.source to pvc, hostPath, url or image" $model.size) -}}
{{- end -}}
{{- if and (ne $model.source "embedded") (eq $model.size "demo") -}}
{{- $wrong = append $wrong (printf "model.source is %s, and model.size is demo: set model.size to 7B, 13B, 30B, 65B or auto" $model.source) -}}
{{- end -}}
{{- if and ($v.engine.draftModel).path (not ($v.engine.draftModel).memory) (not $v.resources.memory) -}}
{{- $wrong = append $wrong "engine.draftModel.path is set, and its memory is not known: give engine.draftModel.memory, for its weights and its KV cache" -}}
{{- end -}}
{{- if and ($v.engine.draftModel).memory (not ($v.engine.draftModel).path) -}}
{{- $wrong = append $wrong "engine.draftModel.memory means nothing without engine.draftModel.path: remove it" -}}
{{- end -}}
{{- if and (eq $model.source "embedded") $model.path -}}
{{- $wrong = append $wrong "model.path means nothing with model.source embedded: remove it" -}}
{{- end -}}
{{- if or (hasPrefix "/" $model.path) (regexMatch "(^|/)\\.\\.(/|$)" $model.path) -}}
{{- $wrong = append $wrong (printf "model.path is %s: give a path inside the volume, without a leading / and without .." $model.path) -}}
{{- end -}}
{{- if and (eq $model.source "pvc") (not $model.pvc.claimName) -}}
{{- $wrong = append $wrong "model.source is pvc: name the claim in model.pvc.claimName" -}}
{{- end -}}
{{- if and (eq $model.source "hostPath") (not (hasPrefix "/" $model.hostPath.path)) -}}
{{- $wrong = append $wrong "model.source is hostPath: give the folder's absolute path in model.hostPath.path" -}}
{{- end -}}
{{- if eq $model.source "image" -}}
{{- if not $model.image.reference -}}
{{- $wrong = append $wrong "model.source is image: name the OCI image in model.image.reference" -}}
{{- end -}}
{{- if not (semverCompare ">=1.35.0-0" .Capabilities.KubeVersion.Version) -}}
{{- $wrong = append $wrong (printf "model.source image needs Kubernetes 1.35 or later, this is %s: use pvc or url" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- end -}}
{{- if eq $model.source "url" -}}
{{- if not $model.url.files -}}
{{- $wrong = append $wrong "model.source is url: list the files in model.url.files" -}}
{{- end -}}
{{- $names := list -}}
{{- range $i, $file := $model.url.files -}}
{{- range include "altiplano.fileProblems" (dict "of" (printf "model.url.files[%d]" $i) "file" $file "url" $model.url) | splitList "\n" | compact -}}
{{- $wrong = append $wrong . -}}
{{- end -}}
{{- if not (hasPrefix "hf:" $file.url) -}}
{{- $name := include "altiplano.fileName" $file -}}
{{- if has $name $names -}}
{{- $wrong = append $wrong (printf "model.url.files[%d] would overwrite %s: set another name" $i $name) -}}
{{- end -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $model.source "s3") (not $model.s3.uri) -}}
{{- $wrong = append $wrong "model.source is s3: name the folder in model.s3.uri, such as s3://bucket/llama/7B" -}}
{{- end -}}
{{- if include "altiplano.fetched" . -}}
{{- if and (eq $model.size "auto") (not $model.url.storage.size) (not $model.url.storage.existingClaim) -}}
{{- $wrong = append $wrong "model.size is auto, so the size of its volume is unknown: set model.url.storage.size" -}}
{{- end -}}
{{- if and $plan.known $model.url.storage.size (lt (int64 $plan.volumeMiB) (int64 $plan.fileMiB)) -}}
{{- $wrong = append $wrong (printf "model.url.storage.size is %s, and %s in %s is about %d MiB: raise it, or leave it empty" $model.url.storage.size $model.size $model.fileFormat (int64 $plan.fileMiB)) -}}
{{- end -}}
{{- if and $model.url.storage.existingClaim (ne $model.url.storage.type "pvc") -}}
{{- $wrong = append $wrong "model.url.storage.existingClaim is set: set model.url.storage.type to pvc too" -}}
{{- end -}}
{{- end -}}
{{- range $name, $adapter := $v.adapters -}}
{{- if kindIs "map" $adapter -}}
{{- range include "altiplano.fileProblems" (dict "of" (printf "adapters.%s" $name) "file" $adapter "url" $model.url) | splitList "\n" | compact -}}
{{- $wrong = append $wrong . -}}
{{- end -}}
{{- else if regexMatch "^[A-Za-z0-9]+:" $adapter -}}
{{- $wrong = append $wrong (printf "adapters.%s is an address: write adapters.%s.url: %s" $name $name $adapter) -}}
{{- else if and (eq $model.source "embedded") (not (hasPrefix "/" $adapter)) -}}
{{- $wrong = append $wrong (printf "adapters.%s is %s, a path in the model's volume, and model.source embedded has none: give an absolute path under extraVolumeMounts, or an address ({url: …})" $name $adapter) -}}
{{- end -}}
{{- end -}}

{{- /* What would be set and read by nothing. */ -}}
{{- range $setting, $use := dict "pvc.claimName" (list "pvc" $model.pvc.claimName) "hostPath.path" (list "hostPath" $model.hostPath.path) "image.reference" (list "image" $model.image.reference) "url.files" (list "url" $model.url.files) "s3.uri" (list "s3" $model.s3.uri) -}}
{{- if and (index $use 1) (ne $model.source (index $use 0)) -}}
{{- $wrong = append $wrong (printf "model.%s is set, and model.source is %s: nothing would read it: remove it, or set model.source to %s" $setting $model.source (index $use 0)) -}}
{{- end -}}
{{- end -}}
{{- if and (not $plan.known) (ne (int64 $v.engine.kvCacheTokens) 16384) -}}
{{- $wrong = append $wrong (printf "engine.kvCacheTokens means nothing with model.size %s, whose shape the chart does not know: set engine.kvCacheSize" $model.size) -}}
{{- end -}}
{{- if and $v.engine.kvCacheSize (ne (int64 $v.engine.kvCacheTokens) 16384) -}}
{{- $wrong = append $wrong "engine.kvCacheSize and engine.kvCacheTokens are both set: set one" -}}
{{- end -}}

{{- /* What it takes. */ -}}
{{- if eq $model.size "auto" -}}
{{- if not $v.resources.memory -}}
{{- $wrong = append $wrong "model.size is auto, so its memory is unknown: set resources.memory" -}}
{{- end -}}
{{- if not $v.resources.cpu -}}
{{- $wrong = append $wrong "model.size is auto, so its CPUs are unknown: set resources.cpu" -}}
{{- end -}}
{{- else if lt (int64 $plan.memoryMiB) (int64 $plan.neededMiB) -}}
{{- $wrong = append $wrong (printf "the model does not fit: resources.memory is %s, and %s in %s needs %dGi (weights %d MiB, KV cache %d MiB for %d positions, heap %d MiB, 1024 MiB for the rest): raise resources.memory, hold the weights in fewer bits (model.weights), or lower %s" $v.resources.memory $model.size $plan.heldFormat (int64 $plan.neededGiB) (int64 $plan.weightsMiB) (int64 $plan.kvMiB) (int64 $plan.kvPositions) (int64 $plan.heapMiB) (ternary "engine.kvCacheSize" "engine.kvCacheTokens" (not (not $v.engine.kvCacheSize)))) -}}
{{- end -}}
{{- if and $v.engine.threads (gt (int64 $v.engine.threads) (int64 $plan.cpu)) -}}
{{- $wrong = append $wrong (printf "engine.threads is %d on %d CPUs, and spare threads only wait for each other: lower it, or raise resources.cpu" (int64 $v.engine.threads) (int64 $plan.cpu)) -}}
{{- end -}}
{{- if lt (int64 $v.engine.maxBatchTokens) (int64 $v.engine.maxSequences) -}}
{{- $wrong = append $wrong (printf "engine.maxBatchTokens is %d, less than engine.maxSequences (%d): each running sequence needs a row in a step" (int64 $v.engine.maxBatchTokens) (int64 $v.engine.maxSequences)) -}}
{{- end -}}
{{- if ne (mod (int64 $v.engine.kvBlockTokens) 16) 0 -}}
{{- $wrong = append $wrong (printf "engine.kvBlockTokens is %d: it must be a multiple of 16" (int64 $v.engine.kvBlockTokens)) -}}
{{- end -}}
{{- if and $plan.known (not $v.engine.kvCacheSize) (gt (int64 $v.engine.contextLength) (int64 $v.engine.kvCacheTokens)) -}}
{{- $wrong = append $wrong (printf "engine.contextLength is %d, and the KV cache holds %d positions: raise engine.kvCacheTokens, or lower engine.contextLength" (int64 $v.engine.contextLength) (int64 $v.engine.kvCacheTokens)) -}}
{{- end -}}
{{- if and $plan.known (not $v.engine.kvCacheSize) (not $v.engine.contextLength) (lt (int64 $v.engine.kvCacheTokens) 2048) -}}
{{- $wrong = append $wrong (printf "engine.kvCacheTokens is %d, less than one sequence of the model's own context of 2048: raise it, or set engine.contextLength" (int64 $v.engine.kvCacheTokens)) -}}
{{- end -}}
{{- if and $plan.known $v.engine.kvCacheSize (lt (int64 $plan.kvPositions) (int64 $plan.sequencePositions)) -}}
{{- $wrong = append $wrong (printf "engine.kvCacheSize is %s, or %d positions, less than one sequence of %d: give at least %dMi, or set a lower engine.contextLength" $v.engine.kvCacheSize (int64 $plan.kvPositions) ($v.engine.contextLength | default 2048 | int64) (int64 $plan.sequenceMiB)) -}}
{{- end -}}
{{- if lt (int64 $v.queue.maxTimeoutSeconds) (int64 $v.queue.timeoutSeconds) -}}
{{- $wrong = append $wrong (printf "queue.maxTimeoutSeconds is %d, less than queue.timeoutSeconds (%d): raise it" (int64 $v.queue.maxTimeoutSeconds) (int64 $v.queue.timeoutSeconds)) -}}
{{- end -}}
{{- with regexFind "-XX:\\+Use(Serial|Parallel|G1|Z|Epsilon)GC" ($v.jvm.options | default "") -}}
{{- $wrong = append $wrong (printf "jvm.options has %s, and the image's own options choose Shenandoah: Java starts with one collector only: remove it" .) -}}
{{- end -}}
{{- with regexFind "-Xmx[^ ]*|-XX:(MaxHeapSize|MaxRAMPercentage)[^ ]*" ($v.jvm.options | default "") -}}
{{- $wrong = append $wrong (printf "jvm.options has %s, and the pod's memory is planned with jvm.heap: set that instead" .) -}}
{{- end -}}
{{- range $name, $amount := $v.resources.extra -}}
{{- if has $name (list "cpu" "memory") -}}
{{- $wrong = append $wrong (printf "resources.extra.%s: set resources.%s instead" $name $name) -}}
{{- end -}}
{{- if hasPrefix "hugepages-" $name -}}
{{- $wrong = append $wrong (printf "resources.extra.%s would be reserved and never used: the engine takes transparent huge pages, which need no resource (see docs/operations.md): remove it" $name) -}}
{{- end -}}
{{- end -}}
{{- with $v.resources.requests.cpu -}}
{{- if gt (include "altiplano.milliCpu" . | int64) (int64 $plan.milliCpu) -}}
{{- $wrong = append $wrong (printf "resources.requests.cpu is %s, more than the limit of %s: lower it, or raise resources.cpu" (toString .) (include "altiplano.cpuQuantity" $plan.milliCpu)) -}}
{{- end -}}
{{- end -}}
{{- with $v.resources.requests.memory -}}
{{- if gt (include "altiplano.mib" . | int64) (int64 $plan.memoryMiB) -}}
{{- $wrong = append $wrong (printf "resources.requests.memory is %s, more than the limit of %s: lower it, or raise resources.memory" . (include "altiplano.quantity" $plan.memoryMiB)) -}}
{{- end -}}
{{- end -}}

{{- /* Replicas. */ -}}
{{- if and $v.autoscaling.hpa.enabled $v.autoscaling.keda.enabled -}}
{{- $wrong = append $wrong "autoscaling.hpa and autoscaling.keda are both enabled and would fight over the replicas: disable one" -}}
{{- end -}}
{{- if gt (int64 $v.autoscaling.minReplicas) (int64 $v.autoscaling.maxReplicas) -}}
{{- $wrong = append $wrong (printf "autoscaling.minReplicas is %d, more than autoscaling.maxReplicas (%d)" (int64 $v.autoscaling.minReplicas) (int64 $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and $v.autoscaling.keda.enabled (not $v.autoscaling.keda.prometheusAddress) -}}
{{- $wrong = append $wrong "autoscaling.keda is enabled: say where Prometheus is in autoscaling.keda.prometheusAddress" -}}
{{- end -}}
{{- if eq (int64 $v.autoscaling.minReplicas) 0 -}}
{{- if not $v.autoscaling.keda.enabled -}}
{{- $wrong = append $wrong "autoscaling.minReplicas is 0, and only KEDA goes to zero: enable autoscaling.keda, or set 1" -}}
{{- else if not $v.autoscaling.keda.extraTriggers -}}
{{- $wrong = append $wrong "autoscaling.minReplicas is 0, and without pods their metrics cannot wake them: add a trigger that sees requests outside the pods to autoscaling.keda.extraTriggers, or set 1" -}}
{{- end -}}
{{- end -}}
{{- if and (gt (int64 $plan.maxReplicas) 1) (include "altiplano.singleAttach" .) -}}
{{- $wrong = append $wrong (printf "up to %d replicas share a claim that is %s, and only one node can mount it: use a claim that is ReadOnlyMany or ReadWriteMany and say so in accessMode, model.url.storage.type emptyDir, or one replica" (int64 $plan.maxReplicas) (include "altiplano.accessMode" .)) -}}
{{- end -}}
{{- if and (include "altiplano.fetched" .) (eq $model.url.storage.type "pvc") (eq (include "altiplano.accessMode" .) "ReadOnlyMany") -}}
{{- $wrong = append $wrong "model.url.storage.accessMode is ReadOnlyMany, and the files are fetched into the claim: use ReadWriteMany, or fill the claim yourself and set model.source to pvc" -}}
{{- end -}}
{{- if and (eq $v.cache.type "pvc") (not $v.cache.existingClaim) -}}
{{- $wrong = append $wrong "cache.type is pvc: name the claim in cache.existingClaim" -}}
{{- end -}}
{{- if and (eq $v.cache.type "pvc") (gt (int64 $plan.maxReplicas) 1) -}}
{{- $wrong = append $wrong (printf "up to %d replicas would share the claim in cache.existingClaim, and only one of them could use it: set cache.type to emptyDir, or use one replica" (int64 $plan.maxReplicas)) -}}
{{- end -}}
{{- if and (ne $v.cache.type "none") (not $v.engine.prefixCache) -}}
{{- $wrong = append $wrong "cache.type keeps what engine.prefixCache finds, and that is false: set it to true, or cache.type to none" -}}
{{- end -}}

{{- if $v.replay.enabled -}}
{{- if eq (not $v.replay.configMap) (not $v.replay.claimName) -}}
{{- $wrong = append $wrong "replay.enabled needs one place of the recording: replay.configMap or replay.claimName" -}}
{{- end -}}
{{- if include "altiplano.singleAttach" . -}}
{{- $wrong = append $wrong (printf "replay.enabled runs a pod beside those that serve, and the model's claim is %s, which one node can mount: use ReadOnlyMany or ReadWriteMany" (include "altiplano.accessMode" .)) -}}
{{- end -}}
{{- end -}}

{{- /* What reaches the pods. */ -}}
{{- if and $v.monitoring.podMonitor.enabled $v.monitoring.serviceMonitor.enabled -}}
{{- $wrong = append $wrong "monitoring.podMonitor and monitoring.serviceMonitor are both enabled, and everything would be counted twice: disable one" -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.hosts) -}}
{{- $wrong = append $wrong "ingress is enabled: list its host names in ingress.hosts" -}}
{{- end -}}
{{- if and $v.httpRoute.enabled (not $v.httpRoute.parentRefs) -}}
{{- $wrong = append $wrong "httpRoute is enabled: name a gateway in httpRoute.parentRefs" -}}
{{- end -}}
{{- if and $v.httpRoute.enabled $v.httpRoute.modelHeader (not ($model.id | default $v.modelName)) -}}
{{- $wrong = append $wrong "httpRoute.modelHeader routes by the model's name, which the chart does not know: set model.id" -}}
{{- end -}}
{{- if and $v.httpRoute.enabled (eq $v.httpRoute.backend "InferencePool") (not $v.inferencePool.enabled) -}}
{{- $wrong = append $wrong "httpRoute.backend is InferencePool: set inferencePool.enabled too" -}}
{{- end -}}
{{- if and $v.inferencePool.enabled (not $v.inferencePool.endpointPicker.name) -}}
{{- $wrong = append $wrong "inferencePool is enabled: name the endpoint picker's service in inferencePool.endpointPicker.name" -}}
{{- end -}}
{{- if and $v.networkPolicy.enabled (not $v.networkPolicy.from) -}}
{{- $outside := list -}}
{{- if $v.ingress.enabled -}}{{- $outside = append $outside "the ingress controller" -}}{{- end -}}
{{- if $v.httpRoute.enabled -}}{{- $outside = append $outside "the gateway" -}}{{- end -}}
{{- if or $v.monitoring.podMonitor.enabled $v.monitoring.serviceMonitor.enabled -}}{{- $outside = append $outside "Prometheus" -}}{{- end -}}
{{- if $outside -}}
{{- $wrong = append $wrong (printf "networkPolicy is enabled and would shut out %s: list who may come in under networkPolicy.from" (join " and " $outside)) -}}
{{- end -}}
{{- end -}}

{{- /* Names that must not clash, and secrets that must be named. */ -}}
{{- $mine := fromYaml (printf "names:\n%s" (include "altiplano.environment" . | nindent 2)) -}}
{{- $taken := list -}}
{{- range $mine.names -}}{{- $taken = append $taken .name -}}{{- end -}}
{{- range $v.extraEnv -}}
{{- if has .name $taken -}}
{{- $wrong = append $wrong (printf "extraEnv sets %s, which the chart sets itself: use the chart's value for it" .name) -}}
{{- end -}}
{{- if hasPrefix "SERVER_" .name -}}
{{- $wrong = append $wrong (printf "extraEnv sets %s, and probes, service and monitors speak http to port 8080: end TLS at the ingress or gateway, or in a container beside the server (extraContainers)" .name) -}}
{{- end -}}
{{- if and (eq .name "MANAGEMENT_SERVER_PORT") (or $v.monitoring.podMonitor.enabled $v.monitoring.serviceMonitor.enabled $v.autoscaling.hpa.enabled $v.autoscaling.keda.enabled $v.inferencePool.enabled) -}}
{{- $wrong = append $wrong "extraEnv sets MANAGEMENT_SERVER_PORT, which takes /metrics from the port where monitors and the endpoint picker ask for it: remove it, or the monitor, autoscaler or inferencePool" -}}
{{- end -}}
{{- if and .valueFrom .valueFrom.secretKeyRef (not (and .valueFrom.secretKeyRef.name .valueFrom.secretKeyRef.key)) -}}
{{- $wrong = append $wrong (printf "extraEnv %s names no secret and key: set valueFrom.secretKeyRef.name and .key" .name) -}}
{{- end -}}
{{- end -}}
{{- range $i, $tls := $v.ingress.tls -}}
{{- if not $tls.secretName -}}
{{- $wrong = append $wrong (printf "ingress.tls[%d] names no secret: set secretName" $i) -}}
{{- end -}}
{{- end -}}
{{- if and (ne $v.service.appProtocol "http") (has (toString $v.service.targetPort) (list "http" "8080")) -}}
{{- $wrong = append $wrong (printf "service.appProtocol is %s, and the server's port speaks HTTP/1.1 without TLS: set it to http, or set service.targetPort to the port of a container that speaks it (extraContainers)" $v.service.appProtocol) -}}
{{- end -}}
{{- range $v.extraVolumes -}}
{{- if has .name (list "model" "adapters" "tmp" "cache" "fetch-token" "fetch-trust" "api-keys" "recording") -}}
{{- $wrong = append $wrong (printf "extraVolumes has a volume %s, a name that the chart uses: give it another" .name) -}}
{{- end -}}
{{- end -}}
{{- range $key := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "altiplano.dev/model" -}}
{{- if or (hasKey $v.podLabels $key) (hasKey $v.commonLabels $key) -}}
{{- $wrong = append $wrong (printf "podLabels and commonLabels may not set %s, by which the service finds its pods" $key) -}}
{{- end -}}
{{- end -}}

{{- if and $v.apiKeys.existingSecret $v.tests.enabled (not $v.tests.apiKeySecret.name) -}}
{{- $wrong = append $wrong "apiKeys.existingSecret is set, so helm test needs a key: name a secret with one in tests.apiKeySecret.name, or set tests.enabled to false" -}}
{{- end -}}

{{- range include "altiplano.missingSecrets" . | trim | splitList "\n" | compact -}}
{{- $wrong = append $wrong . -}}
{{- end -}}

{{- if $wrong -}}
{{- $of := "" -}}{{- with $v.modelName -}}{{- $of = printf "models.%s:\n" . -}}{{- end -}}
{{- fail (printf "\n\n%s%s\n" $of (join "\n" $wrong)) -}}
{{- end -}}
{{- end -}}
