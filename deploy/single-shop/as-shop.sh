#!/usr/bin/env bash
# Any command of FineTune on this shop, as root: as-shop.sh create-admin asha, as-shop.sh books.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export FINETUNE_DATA_DIR=${FINETUNE_ROOT:-}/var/lib/finetune
exec "$here/../vps/as-shop.sh" "$@"
