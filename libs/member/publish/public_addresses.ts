// SPDX-License-Identifier: Apache-2.0
import { type Address, parseAddress, specialAddress } from "@strait/model";

/** The addresses others see a gateway under, as far as they can be known without asking anybody. */
export interface PublicAddresses {
  readonly addresses: readonly Address[];
  /** Resolvers that were passed over, and values that are no addresses, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads Submariner's resolver list, `method:value[,method:value…]`. Only `ipv4:` and `ipv6:` are answered: no stranger on the
 * internet is asked for our address (as in Submariner's air-gapped mode), so `api:`, `dns:` and `lb:` are named and passed over.
 * The first address of each family counts.
 *
 * @example
 * publicAddresses("ipv4:203.0.113.7,api:ifconfig.me") // {addresses: [203.0.113.7], notes: ["api:ifconfig.me is passed over: …"]}
 */
export function publicAddresses(resolvers: string | undefined): PublicAddresses {
  const addresses: Address[] = [];
  const notes: string[] = [];
  for (const resolver of (resolvers ?? "").split(",").map((text) => text.trim())) {
    if (resolver === "") continue;
    const [, method = "", value = ""] = /^([^:]*):(.*)$/.exec(resolver) ?? [];
    if (method !== "ipv4" && method !== "ipv6") {
      notes.push(`public address: ${resolver.slice(0, 64)} is passed over: only ipv4:ADDRESS and ipv6:ADDRESS are answered`);
      continue;
    }
    const parsed = parseAddress(value);
    const special = parsed.ok ? specialAddress(parsed.value) : undefined;
    if (!parsed.ok) notes.push(`public address: ${parsed.reason}`);
    else if (special) notes.push(`public address: ${value} is a ${special} address`);
    else if (`ipv${parsed.value.family}` !== method) notes.push(`public address: ${resolver} is of the other family`);
    else if (!addresses.some(({ family }) => family === parsed.value.family)) addresses.push(parsed.value);
  }
  return { addresses: addresses.sort((a, b) => a.family - b.family), notes };
}
