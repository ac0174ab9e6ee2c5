#!/bin/sh
# Makes every secret of the shop once, each in a file of secrets/. What is there already stays as it is.
#
# Docker shows a file to a container with the mode that it has here, and the containers' users are not you: so the
# files may be read by anybody who gets to them, and the folder lets nobody but you get to them.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets

keep() { # keep NAME VALUE
  [ -e "secrets/$1" ] || { printf '%s\n' "$2" > "secrets/$1" && chmod 644 "secrets/$1" && echo "made secrets/$1"; }
}
random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

keep secret-key "$(random 40)"
keep database-owner-password "$(random 24)"
keep database-owner-url "postgresql://finetune_owner:$(cat secrets/database-owner-password)@database/finetune"
keep database-url "postgresql://finetune_app:$(random 24)@database/finetune"
keep admin-password "$(random 8)"
# Put your mail server's password there once EMAIL_HOST names one.
keep email-password "none"
