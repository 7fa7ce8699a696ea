{{- define "workflow-trace.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "workflow-trace.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "workflow-trace.labels" -}}
{{ include "workflow-trace.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "workflow-trace.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "workflow-trace.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ default (include "workflow-trace.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end -}}

{{/* What every pod of the chart has. */}}
{{- define "workflow-trace.pod" -}}
automountServiceAccountToken: false
# A Service called trace-admin would set TRACE_ADMIN_PORT.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What every container of the chart has. */}}
{{- define "workflow-trace.container" -}}
image: {{ include "workflow-trace.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources: {{- toYaml .Values.resources | nindent 2 }}
{{- end -}}

{{/* What the service and the migration are both told. */}}
{{- define "workflow-trace.env" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.key }}
- name: TRACE_LOG_LEVEL
  value: {{ .Values.settings.logLevel }}
{{- with .Values.settings.retentionDays }}
- name: TRACE_RETENTION_DAYS
  value: {{ . | int | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What only the service is told. */}}
{{- define "workflow-trace.serveEnv" -}}
- name: HOST
  value: {{ .Values.settings.host | quote }}
{{- with .Values.auth }}
{{- if eq .mode "secret" }}
- name: TRACE_JWT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .key }}
{{- else if eq .mode "jwks" }}
- name: TRACE_JWKS_URL
  value: {{ .jwksUrl | quote }}
{{- end }}
{{- if .issuer }}
- name: TRACE_JWT_ISSUER
  value: {{ .issuer | quote }}
{{- end }}
{{- if .audience }}
- name: TRACE_JWT_AUDIENCE
  value: {{ .audience | quote }}
{{- end }}
{{- end }}
{{- with .Values.settings }}
{{- if .basePath }}
- name: TRACE_BASE_PATH
  value: {{ .basePath | quote }}
{{- end }}
{{- if .corsOrigins }}
- name: TRACE_CORS_ORIGINS
  value: {{ join "," .corsOrigins | quote }}
{{- end }}
{{- if .rowSecurity }}
- name: TRACE_RLS
  value: "true"
{{- end }}
{{- if .signArtifactIds }}
- name: TRACE_SIGN_ARTIFACT_IDS
  value: "true"
{{- end }}
{{- if not (kindIs "invalid" .ingestThreads) }}
- name: TRACE_INGEST_THREADS
  value: {{ .ingestThreads | quote }}
{{- end }}
{{- if .metricsWorkflows }}
- name: TRACE_METRICS_WORKFLOWS
  value: {{ join "," .metricsWorkflows | quote }}
{{- end }}
{{- end }}
- name: TRACE_GRPC_PORT
  value: {{ ternary "4317" "" .Values.grpc.enabled | quote }}
{{- if .Values.config }}
- name: TRACE_CONFIG
  value: /etc/workflow-trace/config.yaml
{{- end }}
{{- end -}}
