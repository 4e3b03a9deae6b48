// SPDX-License-Identifier: Apache-2.0
import { CABLE_PORT, GATEWAY_CONFIG_KEYS, GATEWAY_CONFIG_PREFIX } from "@strait/model";

/** UDP port of NAT discovery (Submariner's default). Written because peers take its absence for "no NAT discovery". */
export const NATT_DISCOVERY_PORT = 4490;

/** What a gateway node's labels and annotations ask for. */
export interface NodeSettings {
  /** UDP port of the cables that end here. */
  readonly udpPort: number;
  readonly nattDiscoveryPort: number;
  /** Resolvers of the public address, as they were written; see `publicAddresses`. */
  readonly publicIp: string | undefined;
  readonly preferredServer: boolean;
  /** Keys and values that mean nothing, one sentence each. They are not used; the gateway goes on. */
  readonly warnings: readonly string[];
}

type Pairs = Readonly<Record<string, string>> | undefined;

/**
 * Reads `gateway.submariner.io/KEY` of a node; an annotation beats a label, the environment (CE_IPSEC_NATTPORT,
 * CE_IPSEC_PREFERREDSERVER, SUBMARINER_PUBLICIP) is what counts where neither is there. Where Submariner's gateway refuses to
 * start because of a key it does not know, ours names it and goes on.
 *
 * @example
 * readNodeSettings({ labels: { "gateway.submariner.io/udp-port": "4501" } }, {}).udpPort // 4501
 */
export function readNodeSettings(
  node: { readonly labels?: Pairs; readonly annotations?: Pairs },
  env: Readonly<Record<string, string | undefined>>,
): NodeSettings {
  const warnings: string[] = [];
  const said = new Map<string, string>();
  for (const pairs of [node.labels, node.annotations]) {
    for (const [key, value] of Object.entries(pairs ?? {})) {
      if (key.startsWith(GATEWAY_CONFIG_PREFIX)) said.set(key.slice(GATEWAY_CONFIG_PREFIX.length), value);
    }
  }
  for (const key of [...said.keys()].sort()) {
    if ((GATEWAY_CONFIG_KEYS as readonly string[]).includes(key)) continue;
    const known = GATEWAY_CONFIG_KEYS.map((name) => GATEWAY_CONFIG_PREFIX + name).join(", ");
    warnings.push(`the node's ${GATEWAY_CONFIG_PREFIX}${key} means nothing: known are ${known}`);
  }
  const port = (key: string, variable: string | undefined, otherwise: number): number => {
    const [text, where] = said.has(key)
      ? [said.get(key) ?? "", GATEWAY_CONFIG_PREFIX + key]
      : [env[variable ?? ""] ?? "", variable];
    if (text === "") return otherwise;
    if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
    warnings.push(`${where} is "${text}", which is no port: ${otherwise} is used`);
    return otherwise;
  };
  const preferred = said.get("preferred-server") ?? env["CE_IPSEC_PREFERREDSERVER"] ?? "";
  if (!["", "true", "false"].includes(preferred)) warnings.push(`preferred-server is "${preferred}": say true or false`);
  return {
    udpPort: port("udp-port", "CE_IPSEC_NATTPORT", CABLE_PORT),
    nattDiscoveryPort: port("natt-discovery-port", undefined, NATT_DISCOVERY_PORT),
    publicIp: said.get("public-ip") ?? (env["SUBMARINER_PUBLICIP"] || undefined),
    preferredServer: preferred === "true",
    warnings,
  };
}
