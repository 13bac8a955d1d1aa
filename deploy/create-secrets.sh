#!/bin/sh
# Makes the secrets of docker-compose.yml, each in a file of its own. What is there stays: delete a file to renew it.
# Usage: deploy/create-secrets.sh [FOLDER]     deploy/secrets unless told otherwise
set -eu
here=$(dirname -- "$0")
folder=${1:-$here/secrets}

# The folder keeps others out. The files are open to the users of the containers, who have other numbers than this one.
umask 022
mkdir -p -- "$folder"
chmod 700 -- "$folder"

random() {
  openssl rand -hex 32
}

# keep NAME: writes what comes in, unless there is such a file.
keep() {
  [ -s "$folder/$1" ] && return
  cat >"$folder/.$1.new"
  chmod 444 -- "$folder/.$1.new"
  mv -- "$folder/.$1.new" "$folder/$1"
}

random | keep admin-token
random | keep check-token
random | keep credential-key
random | keep redis-password

password=$(cat -- "$folder/redis-password")
digest=$(printf %s "$password" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
token=$(cat -- "$folder/check-token")
printf 'redis://gatehouse:%s@redis:6379' "$password" | keep redis-url
sed "s/@PASSWORD_SHA256@/$digest/" "$here/redis/users.acl.template" | keep redis-users.acl
for broker in broker-a broker-b; do
  sed "s/@CHECK_TOKEN@/$token/; s/@BROKER@/$broker/" "$here/mosquitto/go-auth.conf.template" | keep "$broker.conf"
done
