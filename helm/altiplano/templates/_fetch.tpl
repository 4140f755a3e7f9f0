{{/* Containers that fetch the model and adapters before the start. */}}

{{/* Name of a file to fetch: its own, or the URL's last part without the query. */}}
{{- define "altiplano.fileName" -}}
{{- .name | default ((urlParse .url).path | base) -}}
{{- end -}}

{{/* Whether any adapter has an address instead of a path. */}}
{{- define "altiplano.fetchesAdapters" -}}
{{- range .Values.adapters -}}{{- if kindIs "map" . -}}true{{- end -}}{{- end -}}
{{- end -}}

{{- define "altiplano.fetchesUrls" -}}
{{- if or (eq .Values.model.source "url") (include "altiplano.fetchesAdapters" .) -}}true{{- end -}}
{{- end -}}

{{/* Where the server finds an adapter. */}}
{{- define "altiplano.adapterPath" -}}
{{- if not (kindIs "map" .adapter) -}}
{{ ternary .adapter (printf "/model/%s" .adapter) (hasPrefix "/" .adapter) }}
{{- else if hasPrefix "hf:" .adapter.url -}}
/adapters/{{ .name }}
{{- else -}}
/adapters/{{ .name }}/{{ include "altiplano.fileName" .adapter }}
{{- end -}}
{{- end -}}

{{- define "altiplano.modelFolder" -}}
{{- list "/model" (.Values.model.path | default "") | compact | join "/" -}}
{{- end -}}

{{- define "altiplano.fetchContainers" -}}
{{- $root := . -}}
{{- if eq .Values.model.source "s3" }}
{{ include "altiplano.syncContainer" . }}
{{- else if eq .Values.model.source "url" }}
{{- range $i, $file := .Values.model.url.files }}
{{ include "altiplano.fetchContainer" (dict "root" $root "name" (printf "fetch-%d" $i) "file" $file "volume" "model" "folder" (include "altiplano.modelFolder" $root)) }}
{{- end }}
{{- end }}
{{- range $i, $name := keys .Values.adapters | sortAlpha }}
{{- $adapter := get $root.Values.adapters $name }}
{{- if kindIs "map" $adapter }}
{{ include "altiplano.fetchContainer" (dict "root" $root "name" (printf "fetch-adapter-%d" $i) "file" $adapter "volume" "adapters" "folder" (printf "/adapters/%s" $name)) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Fetches one file or repository into a folder of a volume: resumes, checks, renames; skips what is there. */}}
{{- define "altiplano.fetchContainer" -}}
{{- $url := .root.Values.model.url -}}
- name: {{ .name }}
  image: {{ include "altiplano.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args:
    - fetch
    - {{ .file.url | quote }}
    - {{ .folder | quote }}
    {{- if not (hasPrefix "hf:" .file.url) }}
    - --name={{ include "altiplano.fileName" .file }}
    {{- end }}
    {{- with .file.sha256 }}
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
      value: {{ include "altiplano.fetchOptions" .root | quote }}
    {{- with $url.proxy }}
    - name: HTTPS_PROXY
      value: {{ . | quote }}
    - name: HTTP_PROXY
      value: {{ . | quote }}
    {{- end }}
    {{- with $url.noProxy }}
    - name: NO_PROXY
      value: {{ join "," . | quote }}
    {{- end }}
  resources:
    requests: {cpu: "1", memory: 512Mi}
    limits: {cpu: "1", memory: 512Mi}
  securityContext:
    {{- include "altiplano.securityContext" .root | nindent 4 }}
  volumeMounts:
    - name: {{ .volume }}
      mountPath: /{{ .volume }}
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
{{- end -}}

{{/* Brings a folder of S3 to the same state in the model's volume. */}}
{{- define "altiplano.syncContainer" -}}
- name: fetch
  image: {{ include "altiplano.behindRegistry" (dict "root" . "name" .Values.model.s3.image) }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - s3
    - sync
    - --no-progress
    - {{ .Values.model.s3.uri | quote }}
    - {{ include "altiplano.modelFolder" . | quote }}
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
    {{- with .Values.model.url.proxy }}
    - name: HTTPS_PROXY
      value: {{ . | quote }}
    {{- end }}
    {{- with .Values.model.url.noProxy }}
    - name: NO_PROXY
      value: {{ join "," . | quote }}
    {{- end }}
  {{- with .Values.model.s3.credentialsSecret }}
  envFrom:
    - secretRef:
        name: {{ . }}
  {{- end }}
  resources:
    requests: {cpu: "1", memory: 512Mi}
    limits: {cpu: "1", memory: 512Mi}
  securityContext:
    {{- include "altiplano.securityContext" . | nindent 4 }}
  volumeMounts:
    - name: model
      mountPath: /model
    - name: tmp
      mountPath: /tmp
{{- end -}}

{{/* Java's options for its heap and for a trust store. */}}
{{- define "altiplano.fetchOptions" -}}
{{- $url := .Values.model.url -}}
{{- $options := list "-Xmx128m" -}}
{{- if $url.trustStoreSecret.name -}}
{{- $options = append $options (printf "-Djavax.net.ssl.trustStore=/var/run/secrets/altiplano-trust/store -Djavax.net.ssl.trustStorePassword=%s" $url.trustStoreSecret.password) -}}
{{- end -}}
{{- join " " $options -}}
{{- end -}}
