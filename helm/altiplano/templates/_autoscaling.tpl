{{/*
A new replica serves only after it has loaded: replicas are added at once, and removed only after the load time and five minutes more (at
most an hour, the autoscaler's limit).
*/}}
{{- define "altiplano.scalingBehavior" -}}
{{- $plan := fromYaml (include "altiplano.plan" .) -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies:
    - type: Pods
      value: 2
      periodSeconds: 60
scaleDown:
  stabilizationWindowSeconds: {{ min 3600 (add (int64 $plan.loadSeconds) (int64 $plan.fetchSeconds) 300) }}
  policies:
    - type: Pods
      value: 1
      periodSeconds: 120
{{- end -}}
