# shellcheck shell=bash
# Starts what the commands of this repository need on this machine, and stops what it started. To be sourced from the repository's root.

local_data=$PWD/.local
service_port=${SERVICE_PORT:-7071}
started_processes=()

say() { printf '%s\n' "$*" >&2; }

fail() { say "$*"; exit 1; }

require_tool() { # NAME WHERE
  command -v "$1" >/dev/null || fail "'$1' is needed and was not found: $2"
}

build() { # PROJECT OPTION...
  mkdir -p "$local_data"
  dotnet build "$@" -nologo >"$local_data/build.log" 2>&1 || { grep -E 'error|warning' "$local_data/build.log" | sort -u >&2; fail "The build failed; its log is $local_data/build.log."; }
}

listens() { # PORT
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

wait_for_port() { # PORT PROCESS LOG
  for _ in $(seq 300); do
    listens "$1" && return
    kill -0 "$2" 2>/dev/null || { tail -n 20 "$3" >&2; fail "The process that was to listen on port $1 ended; its log is $3."; }
    sleep 0.1
  done
  fail "Nothing listens on port $1 after 30 seconds; see $3."
}

install_azurite() {
  # The lock file's copy beside what was installed tells whether that is still the right version.
  if ! cmp -s eng/azurite/package-lock.json eng/azurite/node_modules/.installed; then
    say "Installing Azurite ..."
    npm ci --prefix eng/azurite --no-audit --no-fund --loglevel=error >&2
    cp eng/azurite/package-lock.json eng/azurite/node_modules/.installed
  fi
}

start_azurite() {
  if listens 10000; then return; fi
  install_azurite
  mkdir -p "$local_data/azurite"
  node --max-semi-space-size=64 --require ./eng/azurite/answer-faster.cjs eng/azurite/node_modules/azurite/dist/src/azurite.js --location "$local_data/azurite" --skipApiVersionCheck --disableTelemetry --silent \
    >"$local_data/azurite.log" 2>&1 &
  started_processes+=($!)
  wait_for_port 10000 $! "$local_data/azurite.log"
}

start_service() {
  if listens "$service_port"; then say "Using the service that already listens on port $service_port; SERVICE_PORT chooses another."; return; fi
  mkdir -p "$local_data"
  AzureWebJobsStorage=${AzureWebJobsStorage:-UseDevelopmentStorage=true} \
    dotnet artifacts/bin/Orchestration.Functions/release/Orchestration.Functions.dll --port "$service_port" >"$local_data/service.log" 2>&1 &
  started_processes+=($!)
  wait_for_port "$service_port" $! "$local_data/service.log"
}

# The service is stopped before the storage that it writes to.
stop_started() {
  local index
  for ((index = ${#started_processes[@]} - 1; index >= 0; index--)); do
    kill "${started_processes[index]}" 2>/dev/null || true
    wait "${started_processes[index]}" 2>/dev/null || true
  done
  started_processes=()
}
