// SPDX-License-Identifier: Apache-2.0
import {
  type Cidr,
  cidrOf,
  formatCidr,
  ok,
  parseAddress,
  parseCidr,
  type Result,
  refuse,
  sameCidr,
  specialSubnet,
} from "@strait/model";

/** Most subnets that one cluster announces. */
export const MAX_SUBNETS = 64;

/**
 * Reads one subnet as Go does: host bits are cut, where `parseCidr` refuses them. Submariner passes on what a user configured for
 * the API server, and that may hold some.
 */
function parseLoosely(text: string): Result<Cidr> {
  const exact = parseCidr(text);
  const slash = text.indexOf("/");
  if (exact.ok || slash < 0) return exact;
  const address = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!address.ok || !/^\d{1,3}$/.test(length) || Number(length) > (address.value.family === 4 ? 32 : 128)) return exact;
  return ok(cidrOf(address.value, Number(length)));
}

/**
 * Reads subnets that another cluster announces, in their order, each once. Empty texts are left out. Refuses malformed ones,
 * too many, and those that hold addresses which never leave a node: a route for them would take the node off the network.
 */
export function parseSubnets(texts: readonly string[], what: string): Result<readonly Cidr[]> {
  const out: Cidr[] = [];
  for (const text of texts) {
    if (text === "") continue;
    if (out.length === MAX_SUBNETS) return refuse(`${what} names more than ${MAX_SUBNETS} subnets`);
    const parsed = parseLoosely(text);
    if (!parsed.ok) return refuse(`${what}: ${parsed.reason}`);
    const special = specialSubnet(parsed.value);
    if (special) return refuse(`${what}: ${formatCidr(parsed.value)} holds ${special} addresses, which no cluster can announce`);
    if (!out.some((known) => sameCidr(known, parsed.value))) out.push(parsed.value);
  }
  return ok(out);
}
