{{/*
A new replica serves only after it has loaded, so adding one reacts at once and removing one waits for the load time and
five minutes more (an hour is the most that the autoscaler takes).
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
