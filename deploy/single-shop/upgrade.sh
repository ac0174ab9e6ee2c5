#!/usr/bin/env bash
# Another version, as root: upgrade.sh WHEEL REQUIREMENTS. A backup to the other disk comes first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/vps/steps.sh
. "$here/../vps/steps.sh"

be_root
take_files "$@"
[ -n "$(present_release)" ] || fail "Nothing is installed here yet: install.sh comes first."
install_release

say "A backup"
systemctl start finetune-backup.service || fail "The backup failed, so nothing was changed: journalctl -u finetune-backup"

put_units "$here" finetune.service finetune-backup.service finetune-backup.timer
change_over "$(setting "$SETTINGS/finetune.env" PORT)" finetune.service
