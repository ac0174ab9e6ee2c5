#!/usr/bin/env bash
# One shop on one machine, as root: install.sh WHEEL REQUIREMENTS. docs/deployment/single-shop.md leads through it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/vps/steps.sh
. "$here/../vps/steps.sh"

be_root
take_files "$@"

say "Packages of Debian"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv > /dev/null

make_user_and_folders /var/lib/finetune
install_release
if [ ! -f "$SETTINGS/finetune.env" ]; then
  sed -e "s|^PORT=.*|PORT=${PORT:-8000}|" "$here/finetune.env.example" |
    install -m 640 -g finetune /dev/stdin "$SETTINGS/finetune.env"
fi
put_units "$here" finetune.service finetune-backup.service finetune-backup.timer
systemctl enable --quiet finetune.service
change_over "$(setting "$SETTINGS/finetune.env" PORT)" finetune.service
systemctl enable --quiet --now finetune-backup.timer

say "Done. The first administrator: $here/as-shop.sh create-admin NAME"
