// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Cluster } from "../cluster.ts";
import { Authority } from "../control_plane/authority.ts";
import type { ControlPlane } from "../control_plane/control_plane.ts";
import { ensureKube } from "../control_plane/kube_binaries.ts";
import { disksOf } from "../lab_id.ts";
import type { Node } from "../node.ts";
import { layOverlay, OVERLAY_BYTES } from "../routed_cni/overlay.ts";
import { dnsAddress } from "./cluster_dns.ts";
import { conflist, TOLD_MTU } from "./cni_conflist.ts";
import { dnsImage } from "./dns_image.ts";
import { flannelConfig } from "./flannel.ts";
import { pauseImage } from "./pause_image.ts";
import { RealNode } from "./real_node.ts";
import type { ProxyMode } from "./real_node_config.ts";

/** The product's image, which `./justw image` makes. */
export const STRAIT_IMAGE = fileURLToPath(new URL("../../../build/image/strait.tar", import.meta.url));

export interface LabNodeParts {
  readonly labId: string;
  readonly node: Node;
  readonly cluster: Cluster;
  readonly control: ControlPlane;
  readonly proxy: ProxyMode;
}

/** Makes a node of a lab a real one, joined to its cluster. The Node object is there already, with its pod ranges. */
export async function startLabNode({ labId, node, cluster, control, proxy }: LabNodeParts): Promise<RealNode> {
  const kube = await ensureKube();
  const read = (file: string): Promise<string> => Bun.file(`${control.dir}/${file}`).text();
  if (cluster.cni === "routed") await layOverlay(node, cluster);
  return RealNode.start({
    name: node.name,
    id: `${labId}-${node.cluster}-${node.name}`,
    dir: `${disksOf(labId)}/${node.cluster}-${node.name}`,
    addresses: node.families.map((family) => node.address(family)),
    labels: {},
    clusterCidrs: cluster.subnets,
    cni: { file: "10-podnet.conflist", conflist: conflist(cluster.cni, node.subnets, podMtu(cluster, node)) },
    ...(cluster.cni === "flannel" && { flannel: flannelConfig(cluster.subnets) }),
    proxy,
    images: [await pauseImage(), STRAIT_IMAGE, ...(cluster.dns ? [await dnsImage()] : [])],
    clusterDns: cluster.dns ? cluster.serviceSubnets.map(dnsAddress) : [],
    programs: { kubelet: kube.kubelet, kubeProxy: kube.kubeProxy, flanneld: kube.flanneld },
    ns: node.ns,
    authority: Authority.from({ cert: await read("ca.crt"), key: await read("ca.key") }),
    cluster: { name: cluster.id, url: control.url },
  });
}

function podMtu({ cni }: Cluster, { mtu }: Node): number | typeof TOLD_MTU {
  if (cni === "flannel") return TOLD_MTU;
  return cni === "routed" ? mtu - OVERLAY_BYTES : mtu;
}

/** The process of an app of Strait's on a real node: in the node's network namespace, by its command line. */
export function appPid(node: Node, app: string): number | undefined {
  const own = namespaceOf(node);
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [program = "", first = ""] = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      if (program.endsWith("strait") && first === app && readlinkSync(`/proc/${entry}/ns/net`) === own) return Number(entry);
    } catch {} // gone meanwhile
  }
  return undefined;
}

/** The namespace as /proc names it. */
function namespaceOf(node: Node): string {
  return `net:[${statSync(node.ns.path).ino}]`;
}
