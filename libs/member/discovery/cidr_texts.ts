// SPDX-License-Identifier: Apache-2.0
import {
  type Cidr,
  cidrOf,
  compareCidr,
  contains,
  covers,
  formatCidr,
  parseAddress,
  parseCidr,
  specialSubnet,
} from "@strait/model";

/** Subnets read from texts, and what could not be read, one sentence each. */
export interface CidrTexts {
  readonly cidrs: readonly Cidr[];
  readonly refused: readonly string[];
}

/**
 * Reads lists of subnets as Kubernetes' flags and files have them: commas or spaces between, host bits allowed (Go's parser cuts
 * them), each once. Total.
 *
 * @example
 * readCidrs(["10.244.0.0/16,fd00::/56"]) // {cidrs: [10.244.0.0/16, fd00::/56], refused: []}
 */
export function readCidrs(texts: readonly string[]): CidrTexts {
  const cidrs: Cidr[] = [];
  const refused: string[] = [];
  for (const text of texts.flatMap((list) => list.split(/[\s,]+/)).filter((part) => part !== "")) {
    const parsed = parseCidr(withoutHostBits(text));
    const special = parsed.ok ? specialSubnet(parsed.value) : undefined;
    if (!parsed.ok) refused.push(parsed.reason);
    else if (special) refused.push(`${text} holds ${special} addresses`);
    else if (!cidrs.some((other) => formatCidr(other) === formatCidr(parsed.value))) cidrs.push(parsed.value);
  }
  return { cidrs, refused };
}

/**
 * The fewest prefixes that hold exactly the same addresses, sorted: what lies in another goes, halves become their whole.
 *
 * @example
 * joinCidrs([cidr("10.1.1.0/24"), cidr("10.1.0.0/24")]) // [10.1.0.0/23]
 */
export function joinCidrs(cidrs: readonly Cidr[]): Cidr[] {
  const joined: Cidr[] = [];
  for (const next of [...cidrs].sort(compareCidr)) {
    const last = joined.at(-1);
    if (last && covers(last, next)) continue;
    joined.push(next);
    for (;;) {
      const [first, second] = joined.slice(-2);
      if (!first || !second || first.prefixLength !== second.prefixLength || first.prefixLength === 0) break;
      const whole = cidrOf(first.address, first.prefixLength - 1);
      if (!contains(whole, second.address)) break;
      joined.splice(-2, 2, whole);
    }
  }
  return joined;
}

function withoutHostBits(text: string): string {
  const [address = "", length = ""] = text.split("/");
  const parsed = parseAddress(address);
  if (!parsed.ok || !/^\d{1,3}$/.test(length) || Number(length) > (parsed.value.family === 4 ? 32 : 128)) return text;
  return formatCidr(cidrOf(parsed.value, Number(length)));
}
