#!/usr/bin/env bash
# Another version, as root: upgrade.sh WHEEL REQUIREMENTS. A backup first; then the tables, while the old version
# serves; then the new version, and the old one again where the new one does not get ready.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/vps/steps.sh
. "$here/steps.sh"

be_root
take_files "$@"
[ -n "$(present_release)" ] || fail "Nothing is installed here yet: install.sh comes first."
install_release

say "A backup"
systemctl start finetune-backup.service || fail "The backup failed, so nothing was changed: journalctl -u finetune-backup"

say "Tables, rights, and a look at what is unsafe"
as_shop "$RELEASE" "$SETTINGS/finetune.env" "$SETTINGS/owner.env" -- release

put_units "$here" finetune-web.service finetune-worker.service finetune-books.service finetune-books.timer \
  finetune-backup.service finetune-backup.timer
change_over "$(setting "$SETTINGS/finetune.env" PORT)" finetune-web.service finetune-worker.service
