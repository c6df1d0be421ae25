#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make-standin-runtime.sh FOLDER SUITE BRANCH: an org.gnome.Platform and an org.gnome.Sdk of that branch, made of Debian's packages, installed for
# FLATPAK_USER_DIR=FOLDER/user. For machines that reach Debian's archive and nothing else. They show that the manifest builds, that the
# sandbox lets the program do what it must, and where things are installed; they are not GNOME's runtimes, and have Debian's versions of everything.
# SUITE is bookworm (GTK 4.8) or trixie (GTK 4.18). Needs root, some minutes and 3 GB. What was made once is used again.
set -euo pipefail
[ $# = 3 ] || { sed -n '4s/^# //p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Only root can make a stand-in runtime: debootstrap and chroot need it." >&2; exit 1; }
mkdir -p "$1"
cd "$1"
suite=$2 branch=$3
arch=$(flatpak --default-arch)
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 LC_ALL=C.UTF-8 FLATPAK_USER_DIR=$PWD/user

platform='libgtk-4-1 libgtk-4-bin libadwaita-1-0 libjson-glib-1.0-0 libsqlite3-0 libsecret-1-0 glib-networking libglib2.0-bin gsettings-desktop-schemas
  dconf-gsettings-backend adwaita-icon-theme hicolor-icon-theme librsvg2-common shared-mime-info fonts-cantarell fonts-dejavu-core dbus
  desktop-file-utils ca-certificates'
sdk='build-essential meson ninja-build cmake pkgconf libgtk-4-dev libadwaita-1-dev libjson-glib-dev libsqlite3-dev libsecret-1-dev libssl-dev libbz2-dev liblzma-dev
  zlib1g-dev gettext appstream appstream-util desktop-file-utils elfutils git patch python3 libxml2-utils'

# The mirror is the one that apt uses here.
mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' | awk '$2 == "bookworm" || $2 == "trixie" { print $1; exit }')
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian here." >&2; exit 1; }

# In a root of its own, with its own /proc and mounts, which go when the command ends.
inside() {
  local root=$1
  shift
  unshare --mount --propagation private --pid --fork bash -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$PWD/$root" "$@"
}

install_in() {
  local root=$1
  shift
  inside "$root" apt-get install -q -y --no-install-recommends "$@"
  inside "$root" apt-get clean
}

# One that was made for an earlier list is made anew.
[ "$(cat packages 2>/dev/null)" = "$platform $sdk" ] || rm -rf platform/.complete sdk/.complete "complete-$branch"
if [ ! -e platform/.complete ]; then
  rm -rf platform
  echo "== a Debian $suite"
  debootstrap --variant=minbase "$suite" platform "$mirror"
  # nothing is started in it
  printf '#!/bin/sh\nexit 101\n' >platform/usr/sbin/policy-rc.d
  chmod +x platform/usr/sbin/policy-rc.d
  inside platform apt-get update -q
  # shellcheck disable=SC2086
  install_in platform $platform
  touch platform/.complete
fi
if [ ! -e sdk/.complete ]; then
  rm -rf sdk
  echo "== what builds in it"
  cp -a --reflink=auto platform sdk
  rm sdk/.complete
  # shellcheck disable=SC2086
  install_in sdk $sdk
  touch sdk/.complete
  echo "$platform $sdk" >packages
fi

# export_as ROOT NAME: a root becomes a runtime. Its /usr is the runtime, its /etc lies in that.
export_as() {
  local root=$1 name=$2 out=export-$1 files
  files=$out/files
  rm -rf "$out"
  mkdir -p "$files"
  cp -a --reflink=auto "$root/usr/." "$files/"
  cp -a "$root/etc" "$files/etc"
  # of one machine, and given by the sandbox
  (cd "$files/etc" && rm -f resolv.conf hosts hostname passwd passwd- group group- shadow shadow- gshadow gshadow- machine-id mtab localtime timezone)
  rm -rf "$files"/{local,games,src} "$files"/share/{man,info,lintian,bug}
  # Meson takes a system with this file, or with a folder lib64, for one whose libraries are elsewhere than in /app/lib.
  rm -f "$files/etc/debian_version"
  if [ -d "$files/lib64" ] && [ ! -L "$files/lib64" ]; then
    rm -r "$files/lib64"
    ln -s lib "$files/lib64"
    ln -sf "$triplet/ld-linux-x86-64.so.2" "$files/lib/ld-linux-x86-64.so.2"
  fi
  # The sandbox runs bin/ldconfig, for a cache that knows /app/lib.
  [ -e "$files/bin/ldconfig" ] || ln -s ../sbin/ldconfig "$files/bin/ldconfig"
  printf '%s\n' 'include /run/flatpak/ld.so.conf.d/app-*.conf' 'include /app/etc/ld.so.conf' /app/lib \
    'include /run/flatpak/ld.so.conf.d/runtime-*.conf' 'include /etc/ld.so.conf.d/*.conf' >"$files/etc/ld.so.conf"
  printf '%s\n' '[Runtime]' "name=$name" "runtime=org.gnome.Platform/$arch/$branch" "sdk=org.gnome.Sdk/$arch/$branch" '' '[Environment]' \
    GI_TYPELIB_PATH=/app/lib/girepository-1.0 XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share >"$out/metadata"
  [ -d repo ] || ostree init --mode=archive-z2 --repo=repo
  flatpak build-export --runtime --no-update-summary --arch="$arch" --files=files --metadata=metadata repo "$out" "$branch"
  rm -rf "$out"
}

if [ ! -e "complete-$branch" ]; then
  rm -rf repo user
  echo "== as runtimes"
  export_as platform org.gnome.Platform
  export_as sdk org.gnome.Sdk
  flatpak build-update-repo repo
  flatpak --user remote-add --if-not-exists --no-gpg-verify standin repo
  flatpak --user install -y --noninteractive standin "org.gnome.Platform//$branch" "org.gnome.Sdk//$branch"
  touch "complete-$branch"
fi
echo "The stand-in runtimes of $suite are in $FLATPAK_USER_DIR"
