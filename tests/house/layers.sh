#!/usr/bin/env bash
# Fails if a file includes from a layer that is not below its own, or if the inner layers know an outer library.
set -euo pipefail
cd "$(dirname "$0")/../.."

declare -A below=(
  [core]="core"
  [ports]="core ports"
  [files]="files"
  [net]="core ports files net"
  [store]="core ports store"
  [config]="core ports files config"
  [serve]="core ports serve"
  [app]="core ports app"
)
bad=0
for folder in lib/*/; do
  layer=$(basename "$folder")
  allowed=${below[$layer]:?"lib/$layer is not a known layer"}
  while IFS=: read -r file line included; do
    case " $allowed " in
      *" $included "*) ;;
      *) echo "$file:$line: $layer may not include $included/"; bad=1 ;;
    esac
  done < <(grep -rnoP '#include "\K[a-z]+(?=/)' "$folder" --include='*.?pp')
done
outer='#include [<"](boost/(asio|beast)|sqlite|SQLiteCpp|yaml-cpp|spdlog|openssl|systemd)'
if grep -rnE "$outer" lib/core lib/app lib/ports; then
  echo "core, ports and app know none of these libraries"; bad=1
fi
# connection_streams.hpp is of the connection*.cpp alone.
if grep -rnE '#include <(nlohmann|boost/beast)' lib daemon --include='*.hpp' --exclude=connection_streams.hpp; then
  echo "nlohmann::json and Beast stay out of headers"; bad=1
fi
exit $bad
