#!/usr/bin/env bash
# The first installation on Debian 12 or later, as root: install.sh WHEEL REQUIREMENTS. docs/deployment/vps.md leads through it.
# Run again, it changes nothing that is there already. SITE=shop.example names the shop, PORT=8000 is where it listens on
# loopback. POSTGRES_AT, where this machine's PostgreSQL answers, is for the tests of this script.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/vps/steps.sh
. "$here/steps.sh"

be_root
take_files "$@"
[ -n "${SITE:-}" ] || [ -f "$SETTINGS/finetune.env" ] || fail "Say under which name the shop is reached: SITE=shop.example $0 ..."

say "Packages of Debian"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv postgresql caddy > /dev/null

make_user_and_folders /var/lib/finetune /var/backups/finetune
install_release

if [ ! -f "$SETTINGS/finetune.env" ]; then
  say "Settings in $SETTINGS"
  password=$(random) owner_password=$(random)
  address=${POSTGRES_AT:-127.0.0.1:5432/finetune}
  sed -e "s|^PUBLIC_URL=.*|PUBLIC_URL=https://$SITE|" -e "s|^SECRET_KEY=.*|SECRET_KEY=$(random)|" \
    -e "s|^PORT=.*|PORT=${PORT:-8000}|" \
    -e "s|^DATABASE_URL=.*|DATABASE_URL=postgresql://finetune_app:$password@$address|" \
    "$here/finetune.env.example" | install -m 640 -g finetune /dev/stdin "$SETTINGS/finetune.env"
  echo "DATABASE_OWNER_URL=postgresql://finetune_owner:$owner_password@$address" |
    install -m 600 /dev/stdin "$SETTINGS/owner.env"
fi

# The password goes in by a pipe: a command line is for everybody to read.
say "The database and who owns its tables"
owner=$(setting "$SETTINGS/owner.env" DATABASE_OWNER_URL)
owner_password=${owner#*finetune_owner:} owner_password=${owner_password%%@*}
runuser -u postgres -- psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres <<SQL
SELECT 'CREATE ROLE finetune_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'finetune_owner') \gexec
ALTER ROLE finetune_owner LOGIN CREATEROLE PASSWORD '$owner_password';
SELECT 'CREATE DATABASE finetune OWNER finetune_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'finetune') \gexec
SQL

say "Tables, rights, and a look at what is unsafe"
as_shop "$RELEASE" "$SETTINGS/finetune.env" "$SETTINGS/owner.env" -- release

put_units "$here" finetune-web.service finetune-worker.service finetune-books.service finetune-books.timer \
  finetune-backup.service finetune-backup.timer
systemctl enable --quiet finetune-web.service finetune-worker.service
change_over "$(setting "$SETTINGS/finetune.env" PORT)" finetune-web.service finetune-worker.service
systemctl enable --quiet --now finetune-books.timer finetune-backup.timer

if [ ! -f "$ROOT/etc/caddy/Caddyfile.before-finetune" ]; then
  say "Caddy in front, which fetches the certificate"
  install -d -m 755 "$ROOT/etc/caddy"
  if [ -f "$ROOT/etc/caddy/Caddyfile" ]; then
    cp "$ROOT/etc/caddy/Caddyfile" "$ROOT/etc/caddy/Caddyfile.before-finetune"
  fi
  site=$(setting "$SETTINGS/finetune.env" PUBLIC_URL)
  port=$(setting "$SETTINGS/finetune.env" PORT)
  sed -e "s|shop.example|${site#https://}|" -e "s|127.0.0.1:8000|127.0.0.1:$port|" "$here/Caddyfile" > "$ROOT/etc/caddy/Caddyfile"
  systemctl reload-or-restart caddy.service
fi

say "Done. The first administrator: $here/as-shop.sh create-admin NAME"
