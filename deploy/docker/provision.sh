#!/bin/sh
# One-shot: secrets and certificates that are missing, the administrator's password file, and who may do what on NATS.
# Prints nothing.
set -eu
umask 077

donthu provision
python -m operations.house.certificates

if [ ! -s "$OPERATOR_DIR/password" ]; then
  python -c 'import secrets; print(secrets.token_urlsafe(32), end="")' > "$OPERATOR_DIR/password.new"
  mv "$OPERATOR_DIR/password.new" "$OPERATOR_DIR/password"
fi
printf '*:*:*:%s:%s\n' "$POSTGRES_USER" "$(cat "$OPERATOR_DIR/password")" > "$OPERATOR_DIR/pgpass"

# Public keys and subjects only.
umask 022
donthu nats-config > "$NATS_GENERATED/authorization.new"
mv "$NATS_GENERATED/authorization.new" "$NATS_GENERATED/authorization.conf"
