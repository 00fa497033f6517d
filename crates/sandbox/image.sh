#!/bin/sh
# Makes the root folder of the image: the program, the libraries that it links to, and the files that it
# reads. The Dockerfile calls it; a test calls it, too, and runs the program in the folder.
#
#   image.sh <program> <folder>
set -eu
program=$1
root=$2

install -d "$root/usr/bin" "$root/etc"
install -m 0755 "$program" "$root/usr/bin/synctera-sandbox"
# Symbols are for debuggers.
strip "$root/usr/bin/synctera-sandbox"
ldd "$program" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
  install -D -m 0755 "$library" "$root$library"
done

# For webhooks and gateways: what certificates are held against, and names in /etc/hosts before DNS.
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
echo 'sandbox:x:65532:65532::/:/' >"$root/etc/passwd"
echo 'sandbox:x:65532:' >"$root/etc/group"

# Data in memory goes to a temporary file beyond a megabyte.
install -d -m 1777 "$root/tmp"
# A volume for `--data`.
install -d -m 0700 "$root/data"
chown 65532:65532 "$root/data"
