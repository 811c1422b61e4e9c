#!/bin/bash
# Makes a bare Debian host ready to build images and to run a kind cluster: packages,
# capabilities, dockerd, limits.
#
# Run as root. Installs only what is missing, changes nothing that somebody else configured, and
# is done in under a second when there is nothing to do. Exit code 0: ready; 64: this host or user
# cannot do it; 70: it failed.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly runtime_name=bounded-runc
readonly runtime_path=/usr/local/libexec/agent-gateway-chaos/bounded-runc
readonly daemon_config=/etc/docker/daemon.json
readonly daemon_log=/var/log/agent-gateway-chaos-dockerd.log
readonly daemon_deadline_s=90
readonly inotify_instances=1024
readonly inotify_watches=524288

say() { printf 'host: %s\n' "$*"; }
usage_error() { printf 'host: %s\n' "$*" >&2; exit 64; }
failure() { printf 'host: %s\n' "$*" >&2; exit 70; }

check_user_and_system() {
  [ "$(id -u)" = 0 ] ||
    usage_error "not root: run 'sudo make chaos', or 'npm run chaos' on a host that has Docker"
  command -v apt-get >/dev/null && grep -qiE '^ID(_LIKE)?=.*debian' /etc/os-release ||
    usage_error "not Debian: install Docker yourself and run 'npm run chaos'"
}

# Prints the Debian packages that lack, one a line.
missing_packages() {
  command -v dockerd >/dev/null || echo docker.io
  command -v debootstrap >/dev/null || echo debootstrap
  command -v iptables >/dev/null || echo iptables
  command -v unshare >/dev/null || echo util-linux
  command -v ip >/dev/null || echo iproute2
  command -v tar >/dev/null || echo tar
  [ -f /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
  [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || echo debian-archive-keyring
}

# The package would start dockerd before its configuration is written.
readonly service_policy=/usr/sbin/policy-rc.d
keep_services_down() {
  [ ! -e "$service_policy" ] || return 0
  printf '#!/bin/sh\n# agent-gateway-chaos\nexit 101\n' >"$service_policy"
  chmod 755 "$service_policy"
  trap release_services EXIT
}

release_services() {
  if grep -qs '^# agent-gateway-chaos$' "$service_policy"; then rm -f "$service_policy"; fi
}

install_packages() {
  local packages log
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" -gt 0 ] || return 0
  log=$(mktemp)
  say "installing ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update >"$log" 2>&1 || failure "apt-get update failed: $(tail -n 3 "$log")"
  keep_services_down
  apt-get -q install --yes --no-install-recommends "${packages[@]}" >"$log" 2>&1 ||
    failure "apt-get install ${packages[*]} failed: $(tail -n 3 "$log")"
  release_services
  rm -f "$log"
}

# Prints the capabilities that the kernel knows and that the bounding set of this host lacks.
lacking_capabilities() {
  local names bound last bit
  names=(CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
    NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
    SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
    AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ
    PERFMON BPF CHECKPOINT_RESTORE)
  bound=$((16#$(awk '/^CapBnd:/ {print $2}' /proc/self/status)))
  last=$(cat /proc/sys/kernel/cap_last_cap)
  for ((bit = 0; bit <= last && bit < ${#names[@]}; bit++)); do
    (((bound >> bit) & 1)) || echo "CAP_${names[bit]}"
  done
}

# Docker 23 and later asks the kernel what it may hand out, so only older ones need the bounded
# runtime.
docker_needs_bounded_runtime() {
  local major
  major=$(dockerd --version | sed -nE 's/.*version ([0-9]+)\..*/\1/p')
  [ "${major:-0}" -lt 23 ]
}

# Registers the bounded runtime where it is needed; sets runtime_changed=1 when a running daemon
# must be restarted.
runtime_changed=0
install_bounded_runtime() {
  local lacking staged
  lacking=$(lacking_capabilities | tr '\n' ' ')
  lacking=${lacking% }
  { [ -n "$lacking" ] && docker_needs_bounded_runtime; } || return 0
  if [ -e "$daemon_config" ] && ! grep -q "\"$runtime_name\"" "$daemon_config"; then
    failure "$daemon_config is not ours, and this host lacks $lacking: add" \
      "\"default-runtime\": \"$runtime_name\"," \
      "\"runtimes\": {\"$runtime_name\": {\"path\": \"$runtime_path\"}} to it and run this again"
  fi
  staged=$(mktemp)
  sed "s/@LACKING@/$lacking/" "$here/bounded-runc.sh" >"$staged"
  if ! cmp -s "$staged" "$runtime_path"; then
    say "this host lacks $lacking: installing an OCI runtime that does without"
    install -D -m 755 "$staged" "$runtime_path"
  fi
  rm -f "$staged"
  if [ ! -e "$daemon_config" ]; then
    install -d /etc/docker
    printf '{\n  "default-runtime": "%s",\n  "runtimes": { "%s": { "path": "%s" } }\n}\n' \
      "$runtime_name" "$runtime_name" "$runtime_path" >"$daemon_config"
    runtime_changed=1
  fi
}

docker_answers() { timeout 5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

runs_systemd() { [ -d /run/systemd/system ]; }

# A daemon that was killed leaves its process IDs behind; once such a number is somebody else's,
# dockerd would refuse to start.
remove_stale_pid() {
  local file=$1 program=$2 pid
  [ -f "$file" ] || return 0
  pid=$(cat "$file")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$program" ]; then rm -f "$file"; fi
}

start_docker() {
  if runs_systemd; then
    systemctl start docker || failure "systemctl start docker failed: see 'journalctl -u docker'"
    return 0
  fi
  remove_stale_pid /var/run/docker.pid dockerd
  remove_stale_pid /var/run/docker/containerd/containerd.pid containerd
  say "no init here: starting dockerd by hand, log in $daemon_log"
  setsid nohup dockerd </dev/null >>"$daemon_log" 2>&1 &
  disown
}

stop_docker() {
  if runs_systemd; then
    systemctl stop docker
    return 0
  fi
  kill "$(cat /var/run/docker.pid)"
  local waited
  for ((waited = 0; waited < 30; waited++)); do
    [ -e /var/run/docker.pid ] || return 0
    sleep 1
  done
  failure "dockerd did not stop within 30 s: see $daemon_log"
}

wait_for_docker() {
  local started=$SECONDS
  until docker_answers; do
    if ((SECONDS - started >= daemon_deadline_s)); then
      failure "dockerd does not answer after $daemon_deadline_s s: $(tail -n 2 "$daemon_log")"
    fi
    sleep 0.3
  done
  say "dockerd answers after $((SECONDS - started)) s"
}

ensure_docker() {
  if docker_answers; then
    [ "$runtime_changed" = 1 ] || return 0
    if [ -n "$(docker ps -q)" ]; then
      failure "dockerd must restart to use $runtime_path, but containers are running:" \
        "stop them, restart dockerd, and run this again"
    fi
    say "restarting dockerd with the new runtime"
    stop_docker
  fi
  start_docker
  wait_for_docker
}

# Each node runs systemd, a kubelet and containerd: four nodes need more inotify instances than
# the usual 128.
raise_limit() {
  local file=/proc/sys/fs/inotify/$1 wanted=$2
  [ "$(cat "$file")" -ge "$wanted" ] && return 0
  if echo "$wanted" 2>/dev/null >"$file"; then
    say "raised fs.inotify.$1 to $wanted"
  else
    say "cannot raise fs.inotify.$1 (now $(cat "$file")): nodes may fail with 'too many open files'"
  fi
}

check_user_and_system
install_packages
install_bounded_runtime
ensure_docker
raise_limit max_user_instances "$inotify_instances"
raise_limit max_user_watches "$inotify_watches"
free=$(df -h --output=avail "$(docker info --format '{{.DockerRootDir}}')" | tail -n 1)
say "ready: Docker $(docker version --format '{{.Server.Version}}'),$free free"
