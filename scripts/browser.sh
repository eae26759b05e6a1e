#!/usr/bin/env bash
# The tests of the page need Debian's chromium and a font with Chinese characters: without the
# font the page is drawn as boxes, and playwright's own browser is not downloaded. chromium-l10n is
# for what the browser draws itself (dates, files): in pictures they are as merchants see them.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium chromium-l10n)
if ! command -v fc-list >/dev/null || [[ -z "$(fc-list :lang=zh family)" ]]; then
  missing+=(fonts-noto-cjk fontconfig)
fi
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null || [[ "$(id -u)" != 0 ]]; then
  echo "页面测试需要 ${missing[*]}，请先安装；在 Debian 上：sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "安装页面测试所需的 ${missing[*]}…"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
