#!/bin/sh
# PostgreSQL takes a key only from its own user: hand it over, then go on as the image does.
set -eu
install -o postgres -g postgres -m 0600 /etc/donthu/tls/tls.key /run/tls/tls.key
install -o postgres -g postgres -m 0644 /etc/donthu/tls/tls.crt /run/tls/tls.crt
exec docker-entrypoint.sh "$@"
