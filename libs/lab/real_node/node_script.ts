// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { CNI_BIN_DIR } from "../cni.ts";
import { GO_ENV } from "../control_plane/real.ts";
import { quote } from "../kubelet/mount_script.ts";
import { flannelLines } from "./flannel.ts";
import { controlGroup, HOME, type RealNodeConfig } from "./real_node_config.ts";

/** The tree of this repository, without a slash at its end: plugins, images and programs of the lab are below it. */
const TREE = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** Folders that are the node's own, by their path on a real node. */
const FOLDERS: Readonly<Record<string, string>> = {
  "/var/lib/containerd": "containerd",
  "/var/lib/kubelet": "kubelet",
  "/var/lib/cni": "cni",
  "/etc/cni/net.d": "cni-net",
  "/var/log": "log",
};

/**
 * The first process of a node, run in mount, PID, UTS and network namespaces of its own. It gives the node its view of the machine:
 *
 * | path | is |
 * |---|---|
 * | /mnt | the node's folder on this machine |
 * | /etc, /var/lib | this machine's, below a layer of the node's own |
 * | /var/lib/containerd, kubelet, cni, /etc/cni/net.d, /var/log | the node's own, kept over a reboot |
 * | /run, /tmp | empty, gone with the node |
 * | this repository | as it is, also where it is below one of those |
 * | /sys | that of the node's network namespace, with this machine's control groups and a bpffs of the node's own |
 *
 * Then it starts containerd, kubelet, kube-proxy and flannel's daemon, those it has, each again when it ends. Killing it ends them all.
 */
export function nodeScript(config: RealNodeConfig): string {
  const group = controlGroup(config.id);
  return `set -eu
mount --make-rprivate /
mkdir -p ${[...Object.values(FOLDERS), "layers/etc", "layers/etc.work", "layers/lib", "layers/lib.work", "sys", "tree"].map((folder) => quote(`${config.dir}/${folder}`)).join(" ")}
mount --bind ${quote(TREE)} ${quote(`${config.dir}/tree`)}
mount --rbind ${quote(config.dir)} ${HOME}
hostname ${quote(config.name)}
mount -t overlay -o lowerdir=/etc,upperdir=${HOME}/layers/etc,workdir=${HOME}/layers/etc.work overlay /etc
mount -t overlay -o lowerdir=/var/lib,upperdir=${HOME}/layers/lib,workdir=${HOME}/layers/lib.work overlay /var/lib
echo ${quote(config.name)} > /etc/hostname
${Object.entries(FOLDERS)
  .map(([path, folder]) => `mkdir -p ${path} && mount --bind ${HOME}/${folder} ${path}`)
  .join("\n")}
chmod 755 ${HOME}/cni-bin/*
ln -sf ${CNI_BIN_DIR}/* ${HOME}/cni-bin/
mount --rbind /sys/fs/cgroup ${HOME}/sys
mount -t sysfs sysfs /sys
mount --rbind ${HOME}/sys /sys/fs/cgroup
mount -t bpf bpf /sys/fs/bpf
for hierarchy in /sys/fs/cgroup/*; do
  [ -d "$hierarchy" ] || continue
  mkdir -p "$hierarchy/${group}"
  for file in cpuset.cpus cpuset.mems; do
    if [ -f "$hierarchy/$file" ] && [ -f "$hierarchy/${group}/$file" ]; then cat "$hierarchy/$file" > "$hierarchy/${group}/$file" || true; fi
  done
done
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
[ -e ${quote(TREE)}/justw ] || { mkdir -p ${quote(TREE)} && mount --bind ${HOME}/tree ${quote(TREE)}; }
mount --make-rshared /
keep() {
  name=$1; shift
  while :; do
    "$@" >> /var/log/$name.log 2>&1 < /dev/null || true
    echo "$name ended; it starts again" >> /var/log/$name.log
    sleep 0.2
  done
}
${Object.entries(GO_ENV)
  .map(([name, value]) => `export ${name}=${value}`)
  .join("\n")}
keep containerd containerd --config ${HOME}/containerd.toml &
until ctr version > /dev/null 2>&1; do sleep 0.05; done
${config.images.map((image) => `ctr -n k8s.io images import ${quote(image)} >> /var/log/images.log 2>&1`).join("\n")}
keep kubelet ${quote(config.programs.kubelet)} ${kubeletFlags(config).map(quote).join(" ")} &
${config.flannel === undefined ? ":" : flannelLines(config)}
${config.proxy === "none" ? ":" : `keep kube-proxy ${quote(config.programs.kubeProxy)} --config=${HOME}/kube-proxy.yaml &`}
: > ${HOME}/booted
while :; do wait; sleep 3600; done
`;
}

function kubeletFlags({ name, addresses, labels }: RealNodeConfig): string[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    `--config=${HOME}/kubelet.yaml`,
    `--kubeconfig=${HOME}/kubelet.kubeconfig`,
    `--hostname-override=${name}`,
    `--node-ip=${addresses.join(",")}`,
    ...(pairs.length > 0 ? [`--node-labels=${pairs.join(",")}`] : []),
    "--v=2",
  ];
}
