// SPDX-License-Identifier: Apache-2.0
import type { EndpointSlice, Service } from "@strait/k8s";
import { type Family, familyOf } from "../spec.ts";

/** Mark of packets that leave with the node's own address; the bit that kube-proxy uses. */
const MASQUERADE = "0x4000";

/** One port of a Service in one family, and the pods behind it. */
interface ServicePort {
  readonly clusterIP: string;
  readonly protocol: string;
  readonly port: number;
  readonly endpoints: readonly { readonly address: string; readonly port: number }[];
}

/** What the rules are made from. */
export interface ProxyInputs {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  /** The cluster's pod ranges. */
  readonly clusterCidrs: readonly string[];
}

/**
 * The nftables rules of one family that send what goes to a Service's address to one of its ready pods, as kube-proxy does: a
 * whole table that replaces the one before. What comes from outside the cluster's pod ranges, and a pod that reaches itself,
 * leaves with the node's address, so that the answer comes back here. A Service without pods answers with a reset or an ICMP error.
 */
export function proxyRules(family: Family, inputs: ProxyInputs): string {
  const ip = family === 4 ? "ip" : "ip6";
  const ports = servicePorts(family, inputs);
  const served = ports.filter(({ endpoints }) => endpoints.length > 0);
  const refused = ports.filter(({ endpoints }) => endpoints.length === 0);
  const ranges = inputs.clusterCidrs.filter((cidr) => familyOf(cidr) === family);
  const chain = (index: number) => `service-${index}`;
  const key = ({ clusterIP, protocol, port }: ServicePort) => `${clusterIP} . ${protocol} . ${port}`;
  const map = served.map((port, index) => `${key(port)} : goto ${chain(index)}`);
  const elements = (list: readonly string[]) => (list.length === 0 ? "" : ` elements = { ${list.join(", ")} };`);
  return [
    `table ${ip} kube-proxy`,
    `delete table ${ip} kube-proxy`,
    `table ${ip} kube-proxy {`,
    `  map services { type ipv${family}_addr . inet_proto . inet_service : verdict;${elements(map)} }`,
    `  set refused { type ipv${family}_addr . inet_proto . inet_service;${elements(refused.map(key))} }`,
    ...served.flatMap((port, index) => serviceChain(ip, chain(index), port, ranges)),
    `  chain services-of { ${ip} daddr . meta l4proto . th dport vmap @services; }`,
    "  chain prerouting { type nat hook prerouting priority dstnat; policy accept; jump services-of; }",
    "  chain output { type nat hook output priority -100; policy accept; jump services-of; }",
    "  chain postrouting {",
    "    type nat hook postrouting priority srcnat; policy accept;",
    `    meta mark & ${MASQUERADE} == ${MASQUERADE} masquerade`,
    "  }",
    ...["forward", "output"].flatMap((hook) => [
      `  chain refuse-${hook} {`,
      `    type filter hook ${hook} priority filter; policy accept;`,
      // As kube-proxy does: what connection tracking cannot place would go on untranslated, and be answered with a reset.
      ...(hook === "forward" ? ["    ct state invalid drop"] : []),
      `    meta l4proto tcp ${ip} daddr . meta l4proto . th dport @refused reject with tcp reset`,
      `    ${ip} daddr . meta l4proto . th dport @refused reject`,
      "  }",
    ]),
    "}",
    "",
  ].join("\n");
}

function serviceChain(ip: string, name: string, { endpoints }: ServicePort, ranges: readonly string[]): string[] {
  const outside = ranges.length === 0 ? "" : `${ip} saddr != { ${ranges.join(", ")} } `;
  const colon = ip === "ip" ? (address: string) => address : (address: string) => `[${address}]`;
  const choices = endpoints.map((_endpoint, index) => `${index} : goto ${name}-${index}`);
  return [
    ...endpoints.flatMap(({ address, port }, index) => [
      `  chain ${name}-${index} {`,
      `    ${ip} saddr ${address} meta mark set meta mark | ${MASQUERADE}`,
      `    meta l4proto { tcp, udp, sctp } dnat to ${colon(address)}:${port}`,
      "  }",
    ]),
    `  chain ${name} {`,
    `    ${outside}meta mark set meta mark | ${MASQUERADE}`,
    `    numgen random mod ${endpoints.length} vmap { ${choices.join(", ")} }`,
    "  }",
  ];
}

function servicePorts(family: Family, { services, slices }: ProxyInputs): ServicePort[] {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    if (slice.addressType !== `IPv${family}`) continue;
    const name = slice.metadata.labels?.["kubernetes.io/service-name"];
    if (name === undefined) continue;
    const key = `${slice.metadata.namespace}/${name}`;
    byService.set(key, [...(byService.get(key) ?? []), slice]);
  }
  return services.flatMap((service) => {
    const own = byService.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [];
    const ips = (service.spec?.clusterIPs ?? []).filter((ip) => ip !== "None" && ip !== "" && familyOf(ip) === family);
    return ips.flatMap((clusterIP) =>
      (service.spec?.ports ?? []).map(({ name = "", port, protocol = "TCP" }) => ({
        clusterIP,
        protocol: protocol.toLowerCase(),
        port,
        endpoints: own.flatMap((slice) => readyEndpoints(slice, name)).sort((a, b) => (a.address < b.address ? -1 : 1)),
      })),
    );
  });
}

function readyEndpoints(slice: EndpointSlice, portName: string): { address: string; port: number }[] {
  const port = slice.ports?.find(({ name = "" }) => name === portName)?.port;
  if (port === undefined) return [];
  return (slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses.slice(0, 1).map((address) => ({ address, port })));
}
