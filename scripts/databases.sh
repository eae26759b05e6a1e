#!/usr/bin/env bash
# The tests of the storage and of the rate limits run against a real PostgreSQL and a real Redis,
# which they start themselves from Debian's packages and stop again.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null || [[ "$(id -u)" != 0 ]]; then
  echo "存储和限流的测试需要 ${missing[*]}，请先安装；在 Debian 上：sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "安装存储和限流的测试所需的 ${missing[*]}…"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Installed, not started: the tests bring up their own on free ports.
mkdir -p /etc/postgresql-common/createcluster.d
printf 'create_main_cluster = false\n' > /etc/postgresql-common/createcluster.d/zhanggui-tests.conf
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
