{{/* Parts of the pods that have the model. */}}

{{/* Settings that all pods with the model share: account, placement, name resolution. */}}
{{- define "altiplano.podSettings" -}}
serviceAccountName: {{ include "altiplano.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "altiplano.podSecurityContext" . | nindent 2 }}
{{- range $key := list "imagePullSecrets" "schedulerName" "dnsPolicy" "dnsConfig" "hostAliases" "nodeSelector" "tolerations" "affinity" "priorityClassName" "runtimeClassName" }}
{{- with index $.Values $key }}
{{ toYaml (dict $key .) }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "altiplano.initContainers" -}}
{{- with .Values.extraInitContainers }}
{{ toYaml . }}
{{- end }}
{{- include "altiplano.fetchContainers" . }}
{{- end -}}

{{/* The model's files, and adapters that were fetched, as containers see them. */}}
{{- define "altiplano.modelMounts" -}}
{{- if ne .Values.model.source "embedded" }}
- name: model
  mountPath: /model
  readOnly: true
  {{- if and (eq .Values.model.source "pvc") .Values.model.pvc.subPath }}
  subPath: {{ .Values.model.pvc.subPath }}
  {{- end }}
{{- end }}
{{- if include "altiplano.fetchesAdapters" . }}
- name: adapters
  mountPath: /adapters
  readOnly: true
{{- end }}
{{- end -}}

{{- define "altiplano.environment" -}}
{{- $plan := fromYaml (include "altiplano.plan" .) -}}
- name: ALTIPLANO_MODEL_SIZE
  value: {{ .Values.model.size | quote }}
{{- with include "altiplano.modelPath" . }}
- name: ALTIPLANO_MODEL_PATH
  value: {{ . | quote }}
{{- end }}
{{- with .Values.model.id | default .Values.modelName }}
- name: ALTIPLANO_MODEL_ID
  value: {{ . | quote }}
{{- end }}
- name: ALTIPLANO_MODEL_WEIGHTS
  value: {{ .Values.model.weights | quote }}
- name: ALTIPLANO_MODEL_EXITAFTERFAILURE
  value: "{{ int64 .Values.model.exitAfterFailureSeconds }}s"
- name: ALTIPLANO_ENGINE_THREADS
  value: {{ .Values.engine.threads | default $plan.cpu | int64 | quote }}
- name: ALTIPLANO_ENGINE_BACKEND
  value: {{ .Values.engine.backend | quote }}
{{- if .Values.engine.contextLength }}
- name: ALTIPLANO_ENGINE_CONTEXTLENGTH
  value: {{ .Values.engine.contextLength | int64 | quote }}
{{- end }}
- name: ALTIPLANO_ENGINE_MAXSEQUENCES
  value: {{ .Values.engine.maxSequences | int64 | quote }}
- name: ALTIPLANO_ENGINE_MAXBATCHTOKENS
  value: {{ .Values.engine.maxBatchTokens | int64 | quote }}
- name: ALTIPLANO_ENGINE_INTERTOKENTARGET
  value: "{{ int64 .Values.engine.interTokenTargetMs }}ms"
- name: ALTIPLANO_ENGINE_KVBLOCKTOKENS
  value: {{ .Values.engine.kvBlockTokens | int64 | quote }}
{{- if or $plan.known .Values.engine.kvCacheSize }}
- name: ALTIPLANO_ENGINE_KVCACHESIZE
  value: "{{ int64 $plan.kvMiB }}MB"
{{- end }}
- name: ALTIPLANO_ENGINE_KVFORMAT
  value: {{ .Values.engine.kvFormat | quote }}
- name: ALTIPLANO_ENGINE_PREFIXCACHE
  value: {{ .Values.engine.prefixCache | quote }}
{{- if ne .Values.cache.type "none" }}
- name: ALTIPLANO_CACHE_PATH
  value: /cache
- name: ALTIPLANO_CACHE_MAXSIZE
  value: {{ .Values.cache.size | quote }}
{{- end }}
{{- with (.Values.engine.draftModel).path }}
- name: ALTIPLANO_ENGINE_DRAFTMODEL_PATH
  value: {{ ternary . (printf "/model/%s" .) (hasPrefix "/" .) | quote }}
{{- end }}
- name: ALTIPLANO_QUEUE_CAPACITY
  value: {{ .Values.queue.capacity | int64 | quote }}
- name: ALTIPLANO_QUEUE_TOKENS
  value: {{ .Values.queue.tokens | int64 | quote }}
- name: ALTIPLANO_QUEUE_TIMEOUT
  value: "{{ int64 .Values.queue.timeoutSeconds }}s"
- name: ALTIPLANO_QUEUE_MAXTIMEOUT
  value: "{{ int64 .Values.queue.maxTimeoutSeconds }}s"
{{- if .Values.apiKeys.existingSecret }}
- name: ALTIPLANO_API_KEYSFILE
  value: /etc/altiplano/keys/keys
{{- end }}
{{- with .Values.tracing.endpoint }}
- name: ALTIPLANO_TRACING_ENDPOINT
  value: {{ . | quote }}
- name: ALTIPLANO_TRACING_SAMPLING
  value: {{ $.Values.tracing.sampling | quote }}
{{- end }}
{{- if ne .Values.logs.format "text" }}
- name: LOGGING_STRUCTURED_FORMAT_CONSOLE
  value: {{ .Values.logs.format }}
{{- end }}
- name: SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE
  value: "{{ int64 .Values.drain.timeoutSeconds }}s"
- name: JDK_JAVA_OPTIONS
  value: {{ printf "-Xmx%dm -XX:SoftMaxHeapSize=%dm -XX:ActiveProcessorCount=%d %s" (int64 $plan.heapMiB) (min 256 (int64 $plan.heapMiB)) (div (add (int64 $plan.milliCpu) 999) 1000) (.Values.jvm.options | default "") | trim | quote }}
{{- end -}}

{{- define "altiplano.resources" -}}
{{- $plan := fromYaml (include "altiplano.plan" .) -}}
{{- $limits := dict "cpu" (include "altiplano.cpuQuantity" $plan.milliCpu) "memory" (include "altiplano.quantity" $plan.memoryMiB) -}}
{{- $diskMiB := int64 0 -}}
{{- if eq .Values.cache.type "emptyDir" -}}{{- $diskMiB = include "altiplano.mib" .Values.cache.size | int64 -}}{{- end -}}
{{- if and (include "altiplano.fetched" .) (eq .Values.model.url.storage.type "emptyDir") -}}{{- $diskMiB = add $diskMiB (int64 $plan.volumeMiB) -}}{{- end -}}
{{- if include "altiplano.fetchesAdapters" . -}}{{- $diskMiB = add $diskMiB (include "altiplano.mib" .Values.adapterStorage.size | int64) -}}{{- end -}}
{{- if $diskMiB -}}
{{- $_ := set $limits "ephemeral-storage" (include "altiplano.quantity" (add $diskMiB 512)) -}}
{{- end -}}
{{- $limits = merge $limits (.Values.resources.extra | default dict) -}}
{{- $requests := deepCopy $limits -}}
{{- with .Values.resources.requests.cpu -}}
{{- $_ := set $requests "cpu" (include "altiplano.milliCpu" . | include "altiplano.cpuQuantity") -}}
{{- end -}}
{{- with .Values.resources.requests.memory -}}
{{- $_ := set $requests "memory" . -}}
{{- end -}}
{{- if not .Values.resources.cpuLimit -}}
{{- $limits = omit $limits "cpu" -}}
{{- end -}}
requests:
  {{- toYaml $requests | nindent 2 }}
limits:
  {{- toYaml $limits | nindent 2 }}
{{- end -}}

{{/* Arguments of the server: adapters, because environment variables cannot hold their names. */}}
{{- define "altiplano.arguments" -}}
{{- range $name, $adapter := .Values.adapters }}
- {{ printf "--altiplano.adapters.%s=%s" $name (include "altiplano.adapterPath" (dict "name" $name "adapter" $adapter)) | quote }}
{{- end }}
{{- end -}}

{{- define "altiplano.volumes" -}}
{{- $model := .Values.model -}}
{{- $plan := fromYaml (include "altiplano.plan" .) -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- if eq .Values.cache.type "emptyDir" }}
- name: cache
  emptyDir:
    sizeLimit: {{ include "altiplano.quantity" (add (include "altiplano.mib" .Values.cache.size | int64) 64) }}
{{- else if eq .Values.cache.type "pvc" }}
- name: cache
  persistentVolumeClaim:
    claimName: {{ .Values.cache.existingClaim }}
{{- end }}
{{- with .Values.apiKeys.existingSecret }}
- name: api-keys
  secret:
    secretName: {{ . }}
    defaultMode: 0440
    items:
      - key: {{ $.Values.apiKeys.key }}
        path: keys
{{- end }}
{{- if eq $model.source "pvc" }}
- name: model
  persistentVolumeClaim:
    claimName: {{ $model.pvc.claimName }}
    readOnly: true
{{- else if eq $model.source "hostPath" }}
- name: model
  hostPath:
    path: {{ $model.hostPath.path }}
    type: Directory
{{- else if eq $model.source "image" }}
- name: model
  image:
    reference: {{ $model.image.reference }}
    pullPolicy: {{ $model.image.pullPolicy }}
{{- else if include "altiplano.fetched" . }}
- name: model
  {{- if eq $model.url.storage.type "pvc" }}
  persistentVolumeClaim:
    claimName: {{ $model.url.storage.existingClaim | default (printf "%s-model" (include "altiplano.fullname" .)) }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ include "altiplano.quantity" $plan.volumeMiB }}
  {{- end }}
{{- end }}
{{- if include "altiplano.fetchesAdapters" . }}
- name: adapters
  emptyDir:
    sizeLimit: {{ .Values.adapterStorage.size }}
{{- end }}
{{- if include "altiplano.fetchesUrls" . }}
{{- with $model.url.bearerTokenSecret }}
{{- if .name }}
- name: fetch-token
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: token
{{- end }}
{{- end }}
{{- with $model.url.trustStoreSecret }}
{{- if .name }}
- name: fetch-trust
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: store
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Patience of the startup probe in probes of ten seconds. */}}
{{- define "altiplano.startupFailures" -}}
{{- $plan := fromYaml (include "altiplano.plan" .) -}}
{{- div (add (int64 $plan.loadSeconds) 9) 10 -}}
{{- end -}}
