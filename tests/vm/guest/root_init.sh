#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# Process 1 on the root disk: what a distribution's init would set up, then the agent that takes orders from the host.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8
# Only fills gaps: what the host lent (bash, ip, mount…) stays as it is.
for applet in $(busybox --list); do
	[ -e "/usr/bin/$applet" ] || [ -e "/usr/sbin/$applet" ] || ln -s busybox "/usr/bin/$applet"
done
[ -e /sbin/modprobe ] || ln -s ../bin/busybox /usr/sbin/modprobe
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs -o mode=1777 none /tmp
mkdir -p /dev/pts /dev/shm /dev/net /run/netns /run/lock
mount -t devpts none /dev/pts
mount -t tmpfs none /dev/shm
mount -t bpf none /sys/fs/bpf
mount -t cgroup2 none /sys/fs/cgroup
mount -t tracefs none /sys/kernel/tracing 2>/dev/null
ln -sf /proc/self/fd /dev/fd
mount --make-rshared /
ulimit -n 65536
hostname strait-vm
ip link set lo up
# The kernel loads modules when they are first asked for. Not so /dev/net/tun; and two programs that ask for nf_tables at the same
# moment may both be told that there is no such protocol.
modprobe -a tun veth bridge vxlan sch_ingress cls_bpf nf_tables nft_chain_nat nft_masq nft_compat xt_MASQUERADE xt_comment
echo "strait-vm: starting the agent"
cd /strait && bun run tests/vm/guest/agent.ts /dev/vport0p1
echo "strait-vm: the agent ended with status $?"
poweroff -f
