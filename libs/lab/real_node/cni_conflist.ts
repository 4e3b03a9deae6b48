// SPDX-License-Identifier: Apache-2.0
import { NETWORK } from "../cni.ts";
import type { CniPlugin } from "../spec.ts";

/** Stands for the MTU in the configuration list of flannel's nodes until its daemon has told it. */
export const TOLD_MTU = "told by flanneld";

const WIRING: Readonly<Record<CniPlugin, object>> = {
  bridge: { type: "bridge", bridge: "cni0", isGateway: true, ipMasq: true, hairpinMode: true },
  ptp: { type: "ptp", ipMasq: false },
  routed: { type: "strait-lab-routed" },
  // What the plugin named "flannel" delegates to; masquerading is its daemon's part.
  flannel: { type: "bridge", bridge: "cni0", isGateway: true, ipMasq: false, hairpinMode: true },
};

/** The network configuration list of a real node, as an installer would leave it in /etc/cni/net.d. */
export function conflist(plugin: CniPlugin, subnets: readonly string[], mtu: number | typeof TOLD_MTU): object {
  const ipam = {
    type: "host-local",
    ranges: subnets.map((subnet) => [{ subnet }]),
    routes: subnets.map((subnet) => ({ dst: subnet.includes(":") ? "::/0" : "0.0.0.0/0" })),
  };
  return {
    cniVersion: "1.0.0",
    name: NETWORK,
    plugins: [
      { ...WIRING[plugin], mtu, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}
