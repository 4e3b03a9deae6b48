// SPDX-License-Identifier: Apache-2.0
import { type Family, familyOf } from "./spec.ts";

/**
 * Submariner's rules: let the tunnel in and through, keep the source of pods, clamp the MSS between the clusters both ways
 * (reference: its packet filter table). What must stand in front of the CNI's masquerade is keep_source.ts's.
 */
export function submarinerFilter(local: readonly string[], remote: readonly string[]): string {
  const families = ([4, 6] as const).filter((family) => [...local, ...remote].some((subnet) => familyOf(subnet) === family));
  const set = (name: string, family: Family, subnets: readonly string[]) => {
    const elements = subnets.filter((subnet) => familyOf(subnet) === family).join(", ");
    return `  set ${name}${family} { type ipv${family}_addr; flags interval; ${elements === "" ? "" : `elements = { ${elements} }`} }`;
  };
  const clamp = (family: Family) => {
    const ip = family === 4 ? "ip" : "ip6";
    const mss = "tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu";
    return [
      `    ${ip} saddr @local${family} ${ip} daddr @remote${family} ${mss}`,
      `    ${ip} saddr @remote${family} ${ip} daddr @local${family} ${mss}`,
    ];
  };
  return [
    "table inet submariner {",
    ...families.flatMap((family) => [set("local", family, local), set("remote", family, remote)]),
    "  chain input {",
    "    type filter hook input priority -10; policy accept;",
    `    udp dport 4800 accept`,
    "  }",
    "  chain forward {",
    "    type filter hook forward priority -10; policy accept;",
    `    oifname "vx-submariner" accept`,
    "  }",
    "  chain mangle {",
    "    type filter hook postrouting priority -160; policy accept;",
    ...families.flatMap(clamp),
    "  }",
    "  chain postrouting {",
    "    type nat hook postrouting priority 90; policy accept;",
    ...families.flatMap((family) => {
      const ip = family === 4 ? "ip" : "ip6";
      return [
        `    ${ip} saddr @local${family} ${ip} daddr @remote${family} accept`,
        `    ${ip} saddr @remote${family} ${ip} daddr @local${family} accept`,
      ];
    }),
    "  }",
    "}",
    "",
  ].join("\n");
}
