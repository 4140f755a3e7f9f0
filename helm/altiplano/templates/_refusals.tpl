{{/*
What would start and then fail, or never start, is refused here with what to change. All reasons are said at once.
*/}}
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
{{- $name := include "altiplano.fileName" $file -}}
{{- if not (regexMatch "^[A-Za-z0-9][A-Za-z0-9._-]*$" $name) -}}
{{- $wrong = append $wrong (printf "model.url.files[%d].url ends in no file name: set name" $i) -}}
{{- end -}}
{{- if has $name $names -}}
{{- $wrong = append $wrong (printf "model.url.files[%d] would overwrite %s: set another name" $i $name) -}}
{{- end -}}
{{- $names = append $names $name -}}
{{- if and (hasPrefix "http://" $file.url) (not $model.url.allowHttp) -}}
{{- $wrong = append $wrong (printf "model.url.files[%d].url is http, where anybody on the way can change the file: use https, or set model.url.allowHttp" $i) -}}
{{- end -}}
{{- if and (not $file.sha256) (not $model.url.allowUnverified) -}}
{{- $wrong = append $wrong (printf "model.url.files[%d] has no sha256: give it, or set model.url.allowUnverified" $i) -}}
{{- end -}}
{{- end -}}
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

{{- /* What it takes. */ -}}
{{- if eq $model.size "auto" -}}
{{- if not $v.resources.memory -}}
{{- $wrong = append $wrong "model.size is auto, so its memory is unknown: set resources.memory" -}}
{{- end -}}
{{- if not $v.resources.cpu -}}
{{- $wrong = append $wrong "model.size is auto, so its CPUs are unknown: set resources.cpu" -}}
{{- end -}}
{{- else if lt (int64 $plan.memoryMiB) (int64 $plan.neededMiB) -}}
{{- $wrong = append $wrong (printf "the model does not fit: resources.memory is %s, and %s in %s needs %dGi (weights %d MiB, KV cache %d MiB for %d positions, heap %d MiB, 1024 MiB for the rest): raise resources.memory, hold the weights in fewer bits (model.weights), or lower engine.kvCacheTokens" $v.resources.memory $model.size $plan.heldFormat (int64 $plan.neededGiB) (int64 $plan.weightsMiB) (int64 $plan.kvMiB) (int64 $v.engine.kvCacheTokens) (int64 $plan.heapMiB)) -}}
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
{{- if gt (int64 $v.engine.contextLength) (int64 $v.engine.kvCacheTokens) -}}
{{- $wrong = append $wrong (printf "engine.contextLength is %d, and the KV cache holds %d positions: raise engine.kvCacheTokens, or lower engine.contextLength" (int64 $v.engine.contextLength) (int64 $v.engine.kvCacheTokens)) -}}
{{- end -}}
{{- if and $plan.known (not $v.engine.contextLength) (lt (int64 $v.engine.kvCacheTokens) 2048) -}}
{{- $wrong = append $wrong (printf "engine.kvCacheTokens is %d, less than one sequence of the model's own context of 2048: raise it, or set engine.contextLength" (int64 $v.engine.kvCacheTokens)) -}}
{{- end -}}
{{- if lt (int64 $v.queue.maxTimeoutSeconds) (int64 $v.queue.timeoutSeconds) -}}
{{- $wrong = append $wrong (printf "queue.maxTimeoutSeconds is %d, less than queue.timeoutSeconds (%d): raise it" (int64 $v.queue.maxTimeoutSeconds) (int64 $v.queue.timeoutSeconds)) -}}
{{- end -}}
{{- range $name := list "cpu" "memory" -}}
{{- if hasKey $v.resources.extra $name -}}
{{- $wrong = append $wrong (printf "resources.extra.%s: set resources.%s instead" $name $name) -}}
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
{{- if and (gt (int64 $plan.maxReplicas) 1) (include "altiplano.singleAttach" .) -}}
{{- $wrong = append $wrong (printf "up to %d replicas share a claim that is %s, and only one node can mount it: use a claim that is ReadOnlyMany or ReadWriteMany and say so in accessMode, model.url.storage.type emptyDir, or one replica" (int64 $plan.maxReplicas) (include "altiplano.accessMode" .)) -}}
{{- end -}}
{{- if and (eq $model.source "url") (eq $model.url.storage.type "pvc") (eq (include "altiplano.accessMode" .) "ReadOnlyMany") -}}
{{- $wrong = append $wrong "model.url.storage.accessMode is ReadOnlyMany, and the files are fetched into the claim: use ReadWriteMany, or fill the claim yourself and set model.source to pvc" -}}
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
{{- if and .valueFrom .valueFrom.secretKeyRef (not (and .valueFrom.secretKeyRef.name .valueFrom.secretKeyRef.key)) -}}
{{- $wrong = append $wrong (printf "extraEnv %s names no secret and key: set valueFrom.secretKeyRef.name and .key" .name) -}}
{{- end -}}
{{- end -}}
{{- range $i, $tls := $v.ingress.tls -}}
{{- if not $tls.secretName -}}
{{- $wrong = append $wrong (printf "ingress.tls[%d] names no secret: set secretName" $i) -}}
{{- end -}}
{{- end -}}
{{- range $v.extraVolumes -}}
{{- if has .name (list "model" "tmp" "fetch-token" "api-keys") -}}
{{- $wrong = append $wrong (printf "extraVolumes has a volume %s, a name that the chart uses: give it another" .name) -}}
{{- end -}}
{{- end -}}
{{- range $key := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" -}}
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
{{- fail (printf "\n\n%s\n" (join "\n" $wrong)) -}}
{{- end -}}
{{- end -}}
