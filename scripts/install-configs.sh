#!/usr/bin/env bash
# install-configs.sh SOURCE DESTINATION: copies the configuration tree. Files of an older
# release that are gone from SOURCE go from DESTINATION too, so that no stale name is offered.
set -euo pipefail

source_tree=$1
destination=$2
if [[ ! -d "$source_tree" ]]; then
  echo "$source_tree: no such folder. Run 'make install' in a complete checkout." >&2
  exit 1
fi
rm -rf "$destination"
(cd "$source_tree" && find . -type f -name '*.yaml' -print0) |
  while IFS= read -r -d '' file; do
    install -D -m 644 "$source_tree/$file" "$destination/${file#./}"
  done
echo "Configs are in $destination"
