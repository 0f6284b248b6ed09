{{- /* What the values cannot mean together, all of it at once, each with what to do. */ -}}
{{- define "podium.refusals" -}}
{{- $problems := list }}
{{- if ne .Release.Namespace "podium" }}
{{- $problems = append $problems (printf "The release is for the namespace %q, but Podium's accounts and policies are made for the namespace podium, one Podium a cluster. Say --namespace podium." .Release.Namespace) }}
{{- end }}
{{- if not .Values.listenUnprotected }}
{{- $problems = append $problems "Podium has no login yet: anybody who reaches it gets a shell in this cluster. To accept that, on a network that you trust or behind a proxy that asks who comes, say --set listenUnprotected=true." }}
{{- end }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.database.existingSecret) }}
{{- $problems = append $problems (printf "replicas is %d, but without a database each replica would have learners of its own. Name a Secret with the address of a PostgreSQL database in database.existingSecret, or say replicas=1." (int .Values.replicas)) }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.publicUrl) }}
{{- $problems = append $problems "ingress.enabled is true, but publicUrl is empty, and requests for a name that is not ours are refused. Say --set publicUrl=https://NAME." }}
{{- end }}
{{- if lt (int .Values.pool.ceiling) (int .Values.pool.floor) }}
{{- $problems = append $problems (printf "pool.ceiling is %d, less than pool.floor, which is %d: what is made would be ended at once." (int .Values.pool.ceiling) (int .Values.pool.floor)) }}
{{- end }}
{{- if $problems }}
{{- fail (printf "\n- %s\n" (join "\n- " $problems)) }}
{{- end }}
{{- end }}
