# Steps that install.sh and upgrade.sh share, here and for the single shop. Sourced, never run.
#
# FINETUNE_ROOT puts everything under another root, for trying the scripts out; it is empty on a real machine.
# shellcheck shell=bash

ROOT=${FINETUNE_ROOT:-}
HOME_OF_RELEASES=$ROOT/opt/finetune
SETTINGS=$ROOT/etc/finetune
UNITS=$ROOT/etc/systemd/system
PYTHON=${PYTHON:-python3}

say() { printf '== %s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 2
}

be_root() { [ "$(id -u)" = 0 ] || fail "Run this as root: sudo $0 ..."; }

# the two files of a release: WHEEL REQUIREMENTS
take_files() {
  [ $# = 2 ] || fail "Usage: $0 finetune-X.Y.Z-py3-none-any.whl requirements.txt"
  WHEEL=$1 REQUIREMENTS=$2
  [ -f "$WHEEL" ] || fail "There is no file $WHEEL."
  [ -f "$REQUIREMENTS" ] || fail "There is no file $REQUIREMENTS."
  case ${WHEEL##*/} in
    finetune-*-py3-none-any.whl) ;;
    *) fail "$WHEEL is no wheel of FineTune." ;;
  esac
  VERSION=${WHEEL##*/finetune-}
  VERSION=${VERSION%%-*}
  RELEASE=$HOME_OF_RELEASES/releases/$VERSION
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "FineTune needs Python 3.11 or later; PYTHON=... names another one."
}

# A release in a folder of its own, whole or not there at all.
install_release() {
  if [ -x "$RELEASE/bin/finetune" ] && [ -f "$RELEASE/whole" ]; then
    say "Version $VERSION is here already"
    return
  fi
  say "Installing version $VERSION"
  rm -rf "$RELEASE"
  install -d -m 755 "$HOME_OF_RELEASES/releases"
  "$PYTHON" -m venv "$RELEASE"
  "$RELEASE/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps \
    -r "$REQUIREMENTS"
  "$RELEASE/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-index "$WHEEL"
  touch "$RELEASE/whole"
}

present_release() { readlink "$HOME_OF_RELEASES/current" 2>/dev/null || true; }

# Makes `current` another release in one step: nobody ever finds it missing.
switch_to() {
  ln -sfn "$1" "$HOME_OF_RELEASES/.next"
  mv -T "$HOME_OF_RELEASES/.next" "$HOME_OF_RELEASES/current"
}

random() { "$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(50))'; }

# The value of a setting in a file of ours: setting FILE NAME
setting() { sed -n "s/^$2=//p" "$1" | tail -n 1; }

# The settings of these files as systemd reads them: nothing in a value means anything to a shell.
take_settings() {
  local file line value
  for file in "$@"; do
    while IFS= read -r line || [ -n "$line" ]; do
      [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || continue
      value=${line#*=}
      if [[ $value == '"'*'"' ]]; then value=${value:1:${#value}-2}; fi
      export "${line%%=*}=$value"
    done < "$file"
  done
}

# A command of a release as the shop's user, with the settings of these files: as_shop RELEASE FILE... -- COMMAND...
as_shop() (
  program=$1/bin/finetune
  shift
  files=()
  while [ "$1" != -- ]; do
    files+=("$1")
    shift
  done
  shift
  take_settings "${files[@]}"
  cd / && exec runuser -u finetune -- "$program" "$@"
)

# ready PORT SECONDS
ready() {
  "$PYTHON" - "$1" "$2" <<'PYTHON'
import sys, time, urllib.request

port, until = sys.argv[1], time.monotonic() + int(sys.argv[2])
while time.monotonic() < until:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
        sys.exit(0)
    except OSError as error:
        said = error
        time.sleep(0.5)
sys.exit(f"/readyz on port {port}: {said}")
PYTHON
}

# put_units FOLDER UNIT...
put_units() {
  local folder=$1 unit
  shift
  install -d -m 755 "$UNITS"
  for unit in "$@"; do install -m 644 "$folder/$unit" "$UNITS/$unit"; done
  systemctl daemon-reload
}

# The service user, and the folders that are his: make_user_and_folders FOLDER...
make_user_and_folders() {
  local folder
  id finetune > /dev/null 2>&1 ||
    useradd --system --user-group --home-dir /var/lib/finetune --shell /usr/sbin/nologin finetune
  install -d -m 755 "$HOME_OF_RELEASES"
  install -d -m 750 -g finetune "$SETTINGS"
  for folder in "$@"; do install -d -m 700 -o finetune -g finetune "$ROOT$folder"; done
}

# Put the new version in the place of the old one, and the old one back where the new one does not get ready:
# change_over PORT UNIT...
change_over() {
  local port=$1 before
  shift
  before=$(present_release)
  say "Version $VERSION begins to serve"
  switch_to "$RELEASE"
  systemctl restart "$@"
  if ready "$port" 90; then
    say "Version $VERSION serves"
    return
  fi
  if [ -n "$before" ] && [ "$before" != "$RELEASE" ]; then
    say "It does not get ready: going back to ${before##*/}"
    switch_to "$before"
    systemctl restart "$@"
    ready "$port" 90 || fail "The version before does not get ready either: journalctl -u ${1%.service}"
    fail "${before##*/} serves again. Why $VERSION does not: journalctl -u ${1%.service}"
  fi
  fail "It does not get ready: journalctl -u ${1%.service}"
}
