{{- /* What the pods of server and janitor have in common. */ -}}

{{- define "podium.pod" -}}
automountServiceAccountToken: false
{{- /* Kubernetes would describe the Service as PODIUM_PORT and so on, and the server takes those for its settings. */}}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "podium.container" -}}
image: {{ include "podium.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{- define "podium.credentials.environment" -}}
- name: PODIUM_KUBECONFIG
  value: /etc/podium/cluster/kubeconfig
- name: PODIUM_LOG_LEVEL
  value: {{ .Values.logLevel }}
{{- end }}

{{- define "podium.credentials.mounts" -}}
- name: kubeconfig
  mountPath: /etc/podium/cluster
  readOnly: true
- name: account
  mountPath: /var/run/podium/account
  readOnly: true
{{- end }}

{{- define "podium.credentials.volumes" -}}
- name: kubeconfig
  configMap:
    name: podium-kubeconfig
- name: account
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
{{- end }}
