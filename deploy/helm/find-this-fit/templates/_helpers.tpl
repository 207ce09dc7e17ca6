{{- define "fit.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels by which a Service and a Deployment find their pods: (dict "root" . "part" "api"). */}}
{{- define "fit.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "fit.labels" -}}
{{ include "fit.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "fit.isPostgres" -}}
{{- if eq .Values.engine "postgresql" -}}true
{{- else if ne .Values.engine "sqlite" -}}{{ fail (printf "engine must be sqlite or postgresql, not %q" .Values.engine) }}
{{- end -}}
{{- end -}}

{{- define "fit.secret" -}}
{{- .Values.existingSecret | default (include "fit.name" .) -}}
{{- end -}}

{{- define "fit.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{- define "fit.publicUrl" -}}
{{- if .Values.ingress.enabled -}}
{{- ternary "https" "http" (ne .Values.ingress.tlsSecret "") }}://{{ .Values.ingress.host -}}
{{- end -}}
{{- end -}}

{{/* What the pods of all parts share: (dict "root" . "part" "api"). */}}
{{- define "fit.podMetadata" -}}
labels:
  {{- include "fit.labels" . | nindent 2 }}
annotations:
  checksum/settings: {{ include "fit.settings" .root | sha256sum }}
  checksum/secrets: {{ .root.Values.secrets | toYaml | sha256sum }}
{{- end -}}

{{- define "fit.podSpec" -}}
serviceAccountName: {{ include "fit.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  # The group of files in volumes: no container that changes owners is needed.
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: {{ .Values.tmp.size }}}
  {{- if include "fit.isPostgres" . }}
  - name: data
    emptyDir: {sizeLimit: {{ .Values.scratch.size }}}
  {{- if .Values.files.enabled }}
  - name: files
    persistentVolumeClaim: {claimName: {{ include "fit.name" . }}-files}
  {{- end }}
  {{- else }}
  - name: data
    persistentVolumeClaim: {claimName: {{ include "fit.name" . }}-data}
  {{- end }}
{{- end -}}

{{- define "fit.container" -}}
image: {{ include "fit.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
envFrom:
  - configMapRef: {name: {{ include "fit.name" . }}}
  {{- if or .Values.existingSecret .Values.secrets }}
  - secretRef: {name: {{ include "fit.secret" . }}}
  {{- end }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: data, mountPath: /data}
  {{- if and (include "fit.isPostgres" .) .Values.files.enabled }}
  - {name: files, mountPath: /files}
  {{- end }}
{{- end -}}

{{/* The settings of the program, as data of the ConfigMap. */}}
{{- define "fit.settings" -}}
{{- $computed := dict "APP_HOST" "0.0.0.0" "APP_PORT" "8000" "STORAGE_PATH" "/data" -}}
{{- with include "fit.publicUrl" . }}{{- $_ := set $computed "PUBLIC_URL" . -}}{{- end -}}
{{- if include "fit.isPostgres" . -}}
{{- if .Values.files.enabled }}{{- $_ := set $computed "STORAGE_BACKEND" "fs:///files" -}}{{- end -}}
{{- if not (or .Values.files.enabled .Values.settings.STORAGE_BACKEND) -}}
{{- fail "with engine: postgresql all pods need one place for images: settings.STORAGE_BACKEND, or files.enabled" -}}
{{- end -}}
{{- if not (or .Values.existingSecret .Values.secrets.DATABASE_URL) -}}
{{- fail "with engine: postgresql set secrets.DATABASE_URL, or existingSecret with that key" -}}
{{- end -}}
{{- else -}}
{{- $_ := set $computed "DATABASE_URL" "sqlite:////data/fit.db" -}}
{{- end -}}
{{- range $name, $value := merge (deepCopy .Values.settings) $computed }}
{{ $name }}: {{ $value | toString | quote }}
{{- end -}}
{{- end -}}
