{{/* Parts of the pods that have the model. */}}

{{/* Whose pod it is, where it runs and how it finds other hosts. */}}
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
{{- if include "altiplano.fetched" . }}
{{ include "altiplano.fetchContainers" . | trim }}
{{- end }}
{{- end -}}

{{- define "altiplano.modelMount" -}}
{{- if ne .Values.model.source "embedded" }}
- name: model
  mountPath: /model
  readOnly: true
  {{- if and (eq .Values.model.source "pvc") .Values.model.pvc.subPath }}
  subPath: {{ .Values.model.pvc.subPath }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Name of a file to fetch: its own, or the URL's last part without the query. */}}
{{- define "altiplano.fileName" -}}
{{- .name | default ((urlParse .url).path | base) -}}
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
{{- $cacheMiB := ternary (include "altiplano.mib" .Values.cache.size | int64) 0 (eq .Values.cache.type "emptyDir") -}}
{{- if and (include "altiplano.fetched" .) (eq .Values.model.url.storage.type "emptyDir") -}}
{{- $_ := set $limits "ephemeral-storage" (include "altiplano.quantity" (add (int64 $plan.volumeMiB) $cacheMiB 512)) -}}
{{- else if $cacheMiB -}}
{{- $_ := set $limits "ephemeral-storage" (include "altiplano.quantity" (add $cacheMiB 512)) -}}
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

{{/* Arguments of the server: adapters, whose names an environment variable could not carry. */}}
{{- define "altiplano.arguments" -}}
{{- range $name, $path := .Values.adapters }}
- {{ printf "--altiplano.adapters.%s=%s" $name (ternary $path (printf "/model/%s" $path) (hasPrefix "/" $path)) | quote }}
{{- end }}
{{- end -}}

{{/* Java's options for a proxy and for certificates of one's own. */}}
{{- define "altiplano.fetchOptions" -}}
{{- $url := .Values.model.url -}}
{{- $options := list "-Xmx128m" -}}
{{- with $url.proxy -}}
{{- $host := (urlParse .).host -}}
{{- $port := regexFind ":[0-9]+$" $host | trimPrefix ":" | default "80" -}}
{{- $name := regexReplaceAll ":[0-9]+$" $host "" -}}
{{- range list "http" "https" -}}
{{- $options = append $options (printf "-D%s.proxyHost=%s -D%s.proxyPort=%s" . $name . $port) -}}
{{- end -}}
{{- end -}}
{{- with $url.noProxy -}}
{{- $options = append $options (printf "-Dhttp.nonProxyHosts=%s" (join "|" .)) -}}
{{- end -}}
{{- if $url.trustStoreSecret.name -}}
{{- $options = append $options (printf "-Djavax.net.ssl.trustStore=/var/run/secrets/altiplano-trust/store -Djavax.net.ssl.trustStorePassword=%s" $url.trustStoreSecret.password) -}}
{{- end -}}
{{- join " " $options -}}
{{- end -}}

{{/* One container for each file or repository: resumes, checks, renames; skips what is there. */}}
{{- define "altiplano.fetchContainers" -}}
{{- $root := . -}}
{{- $url := .Values.model.url -}}
{{- $folder := list "/model" (.Values.model.path | default "") | compact | join "/" -}}
{{- $size := dict "cpu" "1" "memory" "512Mi" -}}
{{- if eq .Values.model.source "s3" }}
- name: fetch
  image: {{ include "altiplano.behindRegistry" (dict "root" . "name" .Values.model.s3.image) }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - s3
    - sync
    - --no-progress
    - {{ .Values.model.s3.uri | quote }}
    - {{ $folder | quote }}
  env:
    - name: HOME
      value: /tmp
    {{- with .Values.model.s3.region }}
    - name: AWS_REGION
      value: {{ . | quote }}
    {{- end }}
    {{- with .Values.model.s3.endpointUrl }}
    - name: AWS_ENDPOINT_URL_S3
      value: {{ . | quote }}
    {{- end }}
    {{- with $url.proxy }}
    - name: HTTPS_PROXY
      value: {{ . | quote }}
    {{- end }}
    {{- with $url.noProxy }}
    - name: NO_PROXY
      value: {{ join "," . | quote }}
    {{- end }}
  {{- with .Values.model.s3.credentialsSecret }}
  envFrom:
    - secretRef:
        name: {{ . }}
  {{- end }}
  resources:
    requests:
      {{- toYaml $size | nindent 6 }}
    limits:
      {{- toYaml $size | nindent 6 }}
  securityContext:
    {{- include "altiplano.securityContext" $root | nindent 4 }}
  volumeMounts:
    - name: model
      mountPath: /model
    - name: tmp
      mountPath: /tmp
{{- else }}
{{- range $i, $file := $url.files }}
- name: fetch-{{ $i }}
  image: {{ include "altiplano.image" $root }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args:
    - fetch
    - {{ $file.url | quote }}
    - {{ $folder | quote }}
    {{- if not (hasPrefix "hf:" $file.url) }}
    - --name={{ include "altiplano.fileName" $file }}
    {{- end }}
    {{- with $file.sha256 }}
    - --sha256={{ . }}
    {{- end }}
    - --parallel={{ int64 $url.parallel }}
    {{- if $url.allowHttp }}
    - --allow-http
    {{- end }}
    {{- if $url.bearerTokenSecret.name }}
    - --bearer-token-file=/var/run/secrets/altiplano/token
    {{- end }}
  env:
    - name: JDK_JAVA_OPTIONS
      value: {{ include "altiplano.fetchOptions" $root | quote }}
  resources:
    requests:
      {{- toYaml $size | nindent 6 }}
    limits:
      {{- toYaml $size | nindent 6 }}
  securityContext:
    {{- include "altiplano.securityContext" $root | nindent 4 }}
  volumeMounts:
    - name: model
      mountPath: /model
    - name: tmp
      mountPath: /tmp
    {{- if $url.bearerTokenSecret.name }}
    - name: fetch-token
      mountPath: /var/run/secrets/altiplano
      readOnly: true
    {{- end }}
    {{- if $url.trustStoreSecret.name }}
    - name: fetch-trust
      mountPath: /var/run/secrets/altiplano-trust
      readOnly: true
    {{- end }}
{{- end }}
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
{{- if eq $model.source "url" }}
{{- if $model.url.bearerTokenSecret.name }}
- name: fetch-token
  secret:
    secretName: {{ $model.url.bearerTokenSecret.name }}
    defaultMode: 0440
    items:
      - key: {{ $model.url.bearerTokenSecret.key }}
        path: token
{{- end }}
{{- if $model.url.trustStoreSecret.name }}
- name: fetch-trust
  secret:
    secretName: {{ $model.url.trustStoreSecret.name }}
    defaultMode: 0440
    items:
      - key: {{ $model.url.trustStoreSecret.key }}
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
