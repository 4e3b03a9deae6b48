// SPDX-License-Identifier: Apache-2.0

/** What a lab calls, all from Debian: iproute2, util-linux, iptables, nftables, ethtool, iputils-ping, containernetworking-plugins. */
const PROGRAMS = ["ip", "bridge", "tc", "mount", "nsenter", "iptables", "ip6tables", "nft", "ethtool", "ping"] as const;
const PLUGINS = ["/usr/lib/cni/bridge", "/usr/lib/cni/ptp", "/usr/lib/cni/host-local"] as const;

/**
 * The one-line reason why no lab can be made on this machine, or undefined where one can.
 *
 * @example
 * describeIf(labObstacle())("a lab", () => { … });
 */
export function labObstacle(): string | undefined {
  if (process.geteuid?.() !== 0) return "network namespaces need root";
  const absent = [...PROGRAMS, ...PLUGINS].filter((program) => Bun.which(program) === null);
  return absent.length === 0 ? undefined : `not installed: ${absent.join(", ")}`;
}
