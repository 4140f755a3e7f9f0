{{/*
Secrets that are missing, so that pods would wait for them forever; a sentence in each line. An empty list of secrets means nothing: it is
also empty where no cluster is asked (helm template, Argo CD, whatever --api-versions says) and where the account may not see secrets.
Secrets in extraObjects are made by this release.
*/}}
{{- define "altiplano.missingSecrets" -}}
{{- $root := . -}}
{{- $v := .Values -}}
{{- $there := dict -}}
{{- if .Capabilities.APIVersions.Has "v1/Secret" -}}
{{- range (lookup "v1" "Secret" .Release.Namespace "").items -}}
{{- $_ := set $there .metadata.name (.data | default dict) -}}
{{- end -}}
{{- end -}}
{{- if $there -}}
{{- $wanted := list (dict "setting" "apiKeys.existingSecret" "name" $v.apiKeys.existingSecret "key" $v.apiKeys.key) -}}
{{- if $v.tests.enabled -}}
{{- $wanted = append $wanted (dict "setting" "tests.apiKeySecret.name" "name" $v.tests.apiKeySecret.name "key" $v.tests.apiKeySecret.key) -}}
{{- end -}}
{{- if include "altiplano.fetchesUrls" . -}}
{{- $wanted = append $wanted (dict "setting" "model.url.bearerTokenSecret.name" "name" $v.model.url.bearerTokenSecret.name "key" $v.model.url.bearerTokenSecret.key) -}}
{{- $wanted = append $wanted (dict "setting" "model.url.trustStoreSecret.name" "name" $v.model.url.trustStoreSecret.name "key" $v.model.url.trustStoreSecret.key) -}}
{{- end -}}
{{- $made := toYaml $v.extraObjects -}}
{{- range $wanted -}}
{{- if and .name (not (contains .name $made)) -}}
{{- if not (hasKey $there .name) }}
{{ .setting }} is {{ .name }}, and there is no such secret in namespace {{ $root.Release.Namespace }}: create it first, with the key {{ .key }}
{{- else if not (hasKey (get $there .name) .key) }}
{{ .setting }} is {{ .name }}, and that secret has no key {{ .key }}: it has {{ keys (get $there .name) | sortAlpha | join ", " | default "none" }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
