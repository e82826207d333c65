#!/usr/bin/env bash
# install-configs.sh SOURCE DESTINATION: copies the configuration tree, all of it, and keeps in
# DESTINATION/.installed the checksum of each file that it brought. A file that an older release
# brought and that is gone from SOURCE goes from DESTINATION too, so that no stale name is offered.
# What it did not bring, or what has been changed since, is never deleted: it stays, and where a
# file of ours needs its name it is kept beside that as NAME.saved.
set -euo pipefail

source_tree=$1
destination=$2
if [[ ! -d "$source_tree" ]]; then
  echo "$source_tree: no such folder. Run 'make install' in a complete checkout." >&2
  exit 1
fi
mkdir -p "$destination"
brought="$destination/.installed"

checksum() { sha256sum <"$1" | cut -d ' ' -f 1; }

# Whether the file at DESTINATION/$1 is as a release brought it.
is_ours() {
  [[ -f "$brought" ]] && grep -qxF "$(checksum "$destination/$1")  $1" "$brought"
}

# A name beside FILE that nothing has.
free_name() {
  local name="$1.saved" number=2
  while [[ -e "$name" || -L "$name" ]]; do
    name="$1.saved-$number"
    number=$((number + 1))
  done
  echo "$name"
}

new=$(mktemp "$destination/.installed.XXXXXX")
trap 'rm -f "$new"' EXIT
while IFS= read -r -d '' file; do
  file=${file#./}
  target="$destination/$file"
  if [[ -e "$target" || -L "$target" ]] && ! cmp -s "$source_tree/$file" "$target" &&
    ! { [[ -f "$target" ]] && is_ours "$file"; }; then
    saved=$(free_name "$target")
    mv "$target" "$saved"
    echo "$target was not from here or has been changed; it is now $saved" >&2
  fi
  install -D -m 644 "$source_tree/$file" "$target"
  echo "$(checksum "$target")  $file" >>"$new"
done < <(cd "$source_tree" && find . -type f -print0)

if [[ -f "$brought" ]]; then
  while read -r _ file; do
    if ! cut -d ' ' -f 3- "$new" | grep -qxF -- "$file" && [[ -f "$destination/$file" ]] &&
      is_ours "$file"; then
      rm "$destination/$file"
      rmdir -p --ignore-fail-on-non-empty "$(dirname "$destination/$file")"
    fi
  done <"$brought"
fi
chmod 644 "$new"
mv "$new" "$brought"
trap - EXIT
echo "Configs are in $destination"
