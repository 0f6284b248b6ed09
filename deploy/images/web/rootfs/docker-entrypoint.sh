#!/bin/sh
# As root (runAsUser: 0) nginx would give its workers another user, which takes capabilities that a pod here does not
# have. They stay root then: root of the pod's own user namespace.
set -eu
if [ "$1" = nginx ] && [ "$(id -u)" = 0 ] && ! grep -Eq '^[[:space:]]*user[[:space:]]' /etc/nginx/nginx.conf; then
  shift
  set -- nginx -c /etc/nginx/as-root.conf "$@"
fi
exec "$@"
