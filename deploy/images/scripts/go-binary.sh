#!/bin/sh
# Builds one static program from a pinned module and collects the licences of all that is linked into it.
#   go-binary.sh MODULE_FOLDER PACKAGE OUT_FOLDER NAME [LDFLAGS]
# writes OUT_FOLDER/NAME and OUT_FOLDER/licences/NAME/. Dockerfiles and the build without Docker both use it.
set -eu
module=$1 package=$2 out=$3 name=$4 ldflags=${5:-}
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false
mkdir -p "$out/licences/$name"
cd "$module"
go build -trimpath -ldflags "-s -w $ldflags" -o "$out/$name" "$package"

go list -deps -f '{{with .Module}}{{if .Version}}{{.Path}}@{{.Version}} {{.Dir}}{{end}}{{end}}' "$package" | sort -u |
  while read -r path directory; do
    [ -n "$path" ] || continue
    mkdir -p "$out/licences/$name/$path"
    find "$directory" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' -o -iname 'patents*' \) \
      -exec cp {} "$out/licences/$name/$path/" \;
  done
cp "$(go env GOROOT)/LICENSE" "$out/licences/$name/LICENSE.go"
chmod -R u+w "$out/licences/$name"
