// SPDX-License-Identifier: Apache-2.0
import type { ApiRequest } from "@strait/k8s";
import { quote } from "../kubelet/mount_script.ts";
import { familyOf } from "../spec.ts";
import { TOLD_MTU } from "./cni_conflist.ts";
import { HOME, type RealNodeConfig } from "./real_node_config.ts";

/** Whom the API server knows flannel's daemon as. */
export const FLANNEL_USER = "flannel";

/**
 * Flannel's net-conf.json: its VXLAN with the defaults of VNI (1) and port (8472), a second device for IPv6, rules in nftables.
 *
 * @param subnets the cluster's pod ranges, at most one of each family
 */
export function flannelConfig(subnets: readonly string[]): object {
  const of = (family: number) => subnets.find((subnet) => familyOf(subnet) === family);
  const [v4, v6] = [of(4), of(6)];
  return {
    EnableIPv4: v4 !== undefined,
    EnableIPv6: v6 !== undefined,
    EnableNFTables: true,
    ...(v4 && { Network: v4 }),
    ...(v6 && { IPv6Network: v6 }),
    Backend: { Type: "vxlan" },
  };
}

/** Files of flannel's below the node's folder: the daemon's configuration, and the CNI's as it is before the daemon has told its MTU. */
export function flannelFiles({ flannel, cni }: RealNodeConfig): Readonly<Record<string, string>> {
  return {
    "flannel/net-conf.json": JSON.stringify(flannel, null, 2),
    [`flannel/${cni.file}`]: `${JSON.stringify(cni.conflist, null, 2)}\n`,
  };
}

/**
 * Shell lines for the node's script: the daemon, and behind it what flannel's own CNI plugin would do at every call: the bridge
 * plugin's configuration is made from /run/flannel/subnet.env. (That plugin's module cannot be had from the Go proxy.)
 */
export function flannelLines({ name, cni, programs }: RealNodeConfig): string {
  const flags = [`--kubeconfig-file=${HOME}/flannel.kubeconfig`, `--net-config-path=${HOME}/flannel/net-conf.json`];
  return `keep flanneld env NODE_NAME=${quote(name)} ${quote(programs.flanneld)} ${flags.join(" ")} --iface=eth0 --ip-masq &
(
  until [ -f /run/flannel/subnet.env ]; do sleep 0.05; done
  . /run/flannel/subnet.env
  sed "s/\\"${TOLD_MTU}\\"/$FLANNEL_MTU/" ${HOME}/flannel/${cni.file} > /etc/cni/net.d/.fresh
  mv /etc/cni/net.d/.fresh /etc/cni/net.d/${cni.file}
) &`;
}

/** What flannel's daemon may do in a cluster, as requests: read the nodes, and say on its own one that the network is up. */
export function flannelRights(): Omit<ApiRequest, "signal">[] {
  const [apiVersion, path] = ["rbac.authorization.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1"];
  const metadata = { name: FLANNEL_USER };
  const rules = [
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
  ];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: FLANNEL_USER };
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: FLANNEL_USER }];
  return [
    { method: "POST", path: `${path}/clusterroles`, body: { apiVersion, kind: "ClusterRole", metadata, rules } },
    {
      method: "POST",
      path: `${path}/clusterrolebindings`,
      body: { apiVersion, kind: "ClusterRoleBinding", metadata, roleRef, subjects },
    },
  ];
}
