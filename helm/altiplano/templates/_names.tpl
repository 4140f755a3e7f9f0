{{/* Names and labels. */}}
{{- define "altiplano.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/*
Name of the release's objects, or of one model's. At most 46 characters: a pod's name is then never cut, and KEDA's query and the alerts
recognize a Deployment's pods by it.
*/}}
{{- define "altiplano.fullname" -}}
{{- $base := printf "%s-%s" .Release.Name (include "altiplano.name" .) -}}
{{- if .Values.fullnameOverride -}}
{{- $base = .Values.fullnameOverride -}}
{{- else if contains (include "altiplano.name" .) .Release.Name -}}
{{- $base = .Release.Name -}}
{{- end -}}
{{- if .Values.modelName -}}
{{- printf "%s-%s" ($base | trunc 25 | trimSuffix "-") .Values.modelName -}}
{{- else -}}
{{- $base | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The service account's name does not depend on the model. */}}
{{- define "altiplano.releaseName" -}}
{{- include "altiplano.fullname" (dict "Values" (omit .Values "modelName") "Release" .Release "Chart" .Chart) -}}
{{- end -}}

{{/* A regular expression for exactly the pods of this Deployment: a ReplicaSet's hash and five characters follow its name. */}}
{{- define "altiplano.podNames" -}}
{{ include "altiplano.fullname" . }}-[a-z0-9]+-[a-z0-9]{5}
{{- end -}}

{{- define "altiplano.selectorLabels" -}}
app.kubernetes.io/name: {{ include "altiplano.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.modelName }}
altiplano.dev/model: {{ . }}
{{- end }}
{{- end -}}

{{- define "altiplano.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "altiplano.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of the pods. The llm-d.ai ones tell the endpoint picker which metric names it finds. */}}
{{- define "altiplano.podLabels" -}}
{{ include "altiplano.selectorLabels" . }}
app.kubernetes.io/component: server
llm-d.ai/engine-type: vllm
llm-d.ai/inference-serving: "true"
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "altiplano.podSelector" -}}
{{ include "altiplano.selectorLabels" . }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "altiplano.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "altiplano.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := merge dict (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An image's name, with the registry that all charts share. */}}
{{- define "altiplano.behindRegistry" -}}
{{- list (.root.Values.global | default dict).imageRegistry .name | compact | join "/" -}}
{{- end -}}

{{- define "altiplano.image" -}}
{{- $name := include "altiplano.behindRegistry" (dict "root" . "name" .Values.image.repository) -}}
{{- if .Values.image.digest -}}
{{ $name }}@{{ .Values.image.digest }}
{{- else -}}
{{ $name }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "altiplano.serviceAccount" -}}
{{- if .Values.serviceAccount.name -}}
{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create -}}
{{ include "altiplano.releaseName" . }}
{{- else -}}
default
{{- end -}}
{{- end -}}

{{/* The restricted pod security standard. An id that is null is left to the cluster, as OpenShift wants it. */}}
{{- define "altiplano.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.security.runAsUser }}
runAsUser: {{ int64 . }}
{{- end }}
{{- with .Values.security.runAsGroup }}
runAsGroup: {{ int64 . }}
{{- end }}
{{- with .Values.security.fsGroup }}
fsGroup: {{ int64 . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "altiplano.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
