module podium.dev/deploy/images/hello

go 1.26
