{{/*
Several models in one release: each entry of `models` is merged over the chart's other values and makes its own objects.
*/}}

{{/* Renders the template `of` once for each model, or once where `models` is empty. */}}
{{- define "altiplano.each" -}}
{{- $root := .root -}}
{{- $of := .of -}}
{{- if $root.Values.models -}}
{{- range $name, $own := $root.Values.models }}
{{- $values := deepCopy (omit $root.Values "models") -}}
{{- include "altiplano.overlay" (dict "on" $values "with" ($own | default dict)) -}}
{{- $_ := set $values "modelName" $name }}
---
{{ include $of (dict "Values" $values "Release" $root.Release "Chart" $root.Chart "Capabilities" $root.Capabilities "Files" $root.Files "Template" $root.Template) }}
{{- end -}}
{{- else -}}
{{- include $of $root -}}
{{- end -}}
{{- end -}}

{{/* Merges the map `with` over the map `on`, as Helm merges value files; prints nothing. */}}
{{- define "altiplano.overlay" -}}
{{- $on := .on -}}
{{- range $key, $value := .with -}}
{{- if and (kindIs "map" $value) (kindIs "map" (get $on $key)) -}}
{{- include "altiplano.overlay" (dict "on" (get $on $key) "with" $value) -}}
{{- else -}}
{{- $_ := set $on $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The names that clients may put into "model", as far as the chart knows them, a line for each. */}}
{{- define "altiplano.servedNames" -}}
{{- with .Values.model.id | default .Values.modelName }}
{{ . }}
{{- end }}
{{- range $name, $path := .Values.adapters }}
{{ $name }}
{{- end }}
{{- end -}}

{{/* A model's addresses outside the cluster, a line for each: two models behind one address would hide one of them. */}}
{{- define "altiplano.addresses" -}}
{{- if .Values.ingress.enabled -}}
{{- range .Values.ingress.hosts }}
ingress {{ . }}{{ $.Values.ingress.path }}
{{- end }}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- $names := ternary (include "altiplano.servedNames" . | splitList "\n" | compact) (list "") (not (not .Values.httpRoute.modelHeader)) }}
{{- range $host := .Values.httpRoute.hostnames | default (list "*") }}
{{- range $names }}
route {{ $host }} {{ . }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "altiplano.checkModels" -}}
{{- $seen := list -}}
{{- $wrong := list -}}
{{- range include "altiplano.each" (dict "root" . "of" "altiplano.addresses") | replace "---" "" | splitList "\n" -}}
{{- $line := trim . -}}
{{- if $line -}}
{{- if has $line $seen -}}
{{- $wrong = append $wrong (printf "two models are behind %s, and only one would be reached: give each its own hosts (models.NAME.ingress.hosts, models.NAME.httpRoute.hostnames), or route by name (httpRoute.modelHeader)" $line) -}}
{{- end -}}
{{- $seen = append $seen $line -}}
{{- end -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\n\n%s\n" (join "\n" $wrong)) -}}
{{- end -}}
{{- end -}}
