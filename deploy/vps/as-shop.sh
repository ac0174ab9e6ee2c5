#!/usr/bin/env bash
# Any command of FineTune with the settings of this machine, as root: as-shop.sh create-admin asha, as-shop.sh books.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/vps/steps.sh
. "$here/steps.sh"

be_root
[ $# -gt 0 ] || set -- help
files=("$SETTINGS/finetune.env")
# Backups, restores and migrations are the owner's.
if [ -f "$SETTINGS/owner.env" ]; then files+=("$SETTINGS/owner.env"); fi
as_shop "$HOME_OF_RELEASES/current" "${files[@]}" -- "$@"
