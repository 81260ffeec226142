# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# Runs containers and prints a line "PASS name" or "FAIL name: what was seen" for what the kernel says of them, then "END".
export PATH=/bin
busybox mkdir -p /proc /sys /dev /run /tmp
busybox mount -t proc proc /proc
busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for controller in cpu cpuset io memory pids; do echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control; done
exec </dev/null
mkdir -p /rootfs/bin /rootfs/tmp /rootfs/mapped /rootfs/ro /shared /tree/below
for program in busybox call arm32; do cp /bin/$program /rootfs/bin/; done
chroot /rootfs /bin/busybox --install -s /bin
touch /shared/file
mount -t tmpfs tmpfs /tree/below

# is NAME WANTED SEEN
is() {
	if [ "$2" = "$3" ]; then echo "PASS $1"; else echo "FAIL $1: wanted '$2', seen '$(echo "$3" | tr '\n' '|')'"; fi
}

# has NAME PATTERN SEEN
has() {
	if echo "$3" | grep -qE "$2"; then echo "PASS $1"; else echo "FAIL $1: no '$2' in '$(echo "$3" | tr '\n' '|')'"; fi
}

# begin BUNDLE: starts a container of that name from it.
begin() {
	runt create --bundle "/bundles/$1" --pid-file "/run/$1.pid" "$1" >"/run/$1.log" 2>&1 && runt start "$1"
	pid=$(cat "/run/$1.pid")
}

field() { # NAME: of the process's status
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"
}

status() {
	runt state "$1" | sed -n 's/.*"status": "\(.*\)".*/\1/p'
}

until_stopped() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(status "$1")" = stopped ] && break
		sleep 1
	done
	status "$1"
}

is 'the machine' aarch64 "$(uname -m)"
has 'version' '^runt version ' "$(runt --version)"
has 'doctor' 'kernel +ok .*aarch64' "$(runt doctor)"
runt doctor >/dev/null
is 'doctor finds no fault' 0 $?
has 'features: its own architecture' '"SCMP_ARCH_AARCH64"' "$(runt features)"
has 'features: its 32-bit sister' '"SCMP_ARCH_ARM"' "$(runt features)"

# run
is 'run: output' 'aarch64 1 arm' "$(runt run --bundle /bundles/echo echo 2>&1)"
runt run --bundle /bundles/seven seven
is 'run: exit code' 7 $?
is 'run: nothing is left' '' "$(ls /run/runt 2>/dev/null)"
is 'run: a terminal' '/dev/pts/0' "$(runt run --bundle /bundles/terminal terminal </dev/ttyAMA0 2>&1 | tr -d '\r')"

# create, start, state
runt create --bundle /bundles/plain --pid-file /run/plain.pid plain
pid=$(cat /run/plain.pid)
is 'create: status' created "$(status plain)"
is 'create: init waits' "runt" "$(cut -c 1-4 "/proc/$pid/comm")"
resident=$(field VmRSS | tr -dc 0-9)
is 'create: init is small' yes "$([ "$resident" -lt 2500 ] && echo yes || echo "$resident kB")"
runt start plain
is 'start: status' running "$(status plain)"
is 'start: the program' 'sleep 1000 ' "$(tr '\0' ' ' <"/proc/$pid/cmdline")"
is 'it is process 1' "$pid 1" "$(field NSpid | tr '\t' ' ')"
for namespace in pid mnt net ipc uts cgroup; do
	is "a namespace of its own: $namespace" yes \
		"$([ "$(readlink "/proc/$pid/ns/$namespace")" != "$(readlink "/proc/self/ns/$namespace")" ] && echo yes)"
done
is 'capabilities' 00000000a80425fb "$(field CapEff)"
is 'no_new_privs' 1 "$(field NoNewPrivs)"
is 'limit of open files' '77 99' "$(sed -n 's/^Max open files *\([0-9]*\) *\([0-9]*\).*/\1 \2/p' "/proc/$pid/limits")"
is 'the umask' 0027 "$(field Umask)"
has 'masked' '^tmpfs|^devtmpfs' "$(runt exec plain grep ' /proc/kcore ' /proc/mounts)"
has 'read-only' ' /proc/sys proc ro,' "$(runt exec plain cat /proc/mounts)"
has 'a mount with attributes for all below' ' /ro/below tmpfs ro,' "$(runt exec plain cat /proc/mounts)"

# cgroup v2
group=/sys/fs/cgroup/plain
is 'cgroup' 0::/plain "$(cat "/proc/$pid/cgroup")"
is 'memory.max' 67108864 "$(cat $group/memory.max)"
is 'memory.swap.max' 0 "$(cat $group/memory.swap.max 2>/dev/null || echo 0)"
is 'pids.max' 9 "$(cat $group/pids.max)"
is 'cpu.max' '50000 100000' "$(cat $group/cpu.max)"
is 'cpuset.cpus' 0 "$(cat $group/cpuset.cpus)"
runt pause plain
is 'pause' 'paused 1' "$(status plain) $(sed -n 's/^frozen //p' $group/cgroup.events)"
runt resume plain
is 'resume' running "$(status plain)"
has 'events' '"usage":' "$(runt events --stats plain)"

# the device filter: nodes can be made, and not opened
is 'an allowed device' 0 "$(runt exec plain sh -c 'echo x >/dev/null; echo $?')"
has 'a refused device' 'Operation not permitted' "$(runt exec plain sh -c 'mknod /tmp/kmsg c 1 11 && cat /tmp/kmsg' 2>&1)"

# exec
# shellcheck disable=SC2016 # the container's shell expands it
is 'exec: output' 'aarch64 /tmp 12' "$(runt exec --cwd /tmp --user 12:12 plain sh -c 'echo $(uname -m) $(pwd) $(id -u)')"
runt exec plain sh -c 'exit 3'
is 'exec: exit code' 3 $?
is 'exec: no way to the binary' 'no' "$(runt exec plain sh -c 'cat /proc/1/exe >/dev/null; [ -e /bin/runt ] && echo yes || echo no')"

# Last, for its orphans stay: the container's first process does not wait for them.
runt update --pids-limit 5 plain
is 'update' 5 "$(cat $group/pids.max)"
has 'the limit of processes holds' "can't fork|out of" \
	"$(runt exec plain sh -c 'for i in 1 2 3 4 5 6 7; do sleep 1 & done; wait' 2>&1)"

# kill, delete
runt kill plain KILL
is 'kill' stopped "$(until_stopped plain)"
runt delete plain
is 'delete' 'gone' "$([ -d $group ] || [ -e /run/runt/plain ] || echo gone)"

# user and time namespaces, owned mounts
begin user
is 'user namespace: ids' '0 100000 65536' "$(tr -s ' ' <"/proc/$pid/uid_map" | sed 's/^ //')"
is 'user namespace: the process' '100000' "$(field Uid | cut -f 1)"
has 'time namespace: uptime' '^4[0-9]{6}' "$(runt exec user cat /proc/uptime)"
is 'a mount with mapped ids' '0' "$(runt exec user stat -c %u /mapped/file)"
runt kill user TERM
is 'a signal that the program waits for' stopped "$(until_stopped user)"
runt delete --force user

# Docker's profile of system calls, with the capability that lets the calls themselves succeed
begin seccomp
is 'seccomp: mode' 2 "$(field Seccomp)"
is 'seccomp: one filter' 1 "$(field Seccomp_filters)"
while read -r case; do # name=number,argument,errno
	numbers=${case#*=} argument=${case#*,}
	is "seccomp: ${case%%=*}" "${case##*,}" "$(runt exec seccomp call "${numbers%%,*}" "${argument%,*}" 2>&1)"
done </calls
runt exec seccomp arm32
is 'seccomp: a program of 32-bit arm' 9 $?
runt delete --force seccomp
begin native
runt exec native arm32
is 'seccomp: a program of 32-bit arm that the profile has no architecture for' 159 $?
runt exec native call 172
is 'seccomp: and the native one goes on' 0 $?
runt delete --force native

for id in $(runt list -q); do runt delete --force "$id"; done
is 'nothing is left' '' "$(ls /run/runt 2>/dev/null)$(find /sys/fs/cgroup -mindepth 1 -type d)"
has 'no complaint of the kernel' '^0$' "$(dmesg | grep -ciE 'segfault|unhandled|oops|bug:')"
echo END
poweroff -f
