#!/bin/sh
# A certificate authority of your own, and a certificate for each machine:
#   sh certificates.sh FOLDER pg1=10.0.0.11 pg2=10.0.0.12 pg3=10.0.0.13 web1=10.0.0.21
# Each machine gets ca.crt and its own .crt and .key. ca.key goes to none of them: keep it where you keep backups' keys.
# Run it again with a new machine: what is there stays.
set -eu
folder=$1
shift
umask 077
mkdir -p "$folder"
cd "$folder"

if [ ! -f ca.key ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=FineTune HA" -keyout ca.key -out ca.crt
fi
for each in "$@"; do
  name=${each%%=*}
  address=${each#*=}
  [ -f "$name.crt" ] && continue
  openssl req -newkey rsa:3072 -nodes -sha256 -subj "/CN=$name" -keyout "$name.key" -out "$name.csr"
  # etcd, Patroni and PostgreSQL are servers to some and clients of others.
  printf '%s\n' "subjectAltName=DNS:$name,DNS:localhost,IP:$address,IP:127.0.0.1" \
    "extendedKeyUsage=serverAuth,clientAuth" > "$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 825 \
    -extfile "$name.ext" -out "$name.crt"
  rm "$name.csr" "$name.ext"
done
