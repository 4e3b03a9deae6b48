// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { type Address, formatAddress, parseAddress } from "./address.ts";
import type { GatewayMember } from "./clusterset.ts";
import { ok, type Result, refuse } from "./result.ts";
import { specialAddress } from "./special_addresses.ts";

/** Most gateways of one cluster that are listed; more would only fill the hop table. */
export const MAX_GATEWAYS = 32;

/** Most addresses of one kind that one gateway has. */
export const MAX_GATEWAY_ADDRESSES = 8;

const MAX_TEXT = 32_768;
const addresses = v.array(v.string());
const schema = v.array(
  v.looseObject({
    hostname: v.string(),
    privateIPs: addresses,
    publicIPs: v.optional(addresses, []),
    port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
    healthCheckIPs: v.optional(addresses, []),
    // A later version may have phases that this one does not know: such a gateway is taken for one that takes part.
    phase: v.fallback(v.optional(v.picklist(["joining", "leaving", "left"])), undefined),
  }),
);

/**
 * Reads addresses of a gateway: each an ordinary address, none twice, MAX_GATEWAY_ADDRESSES at most. Empty texts are left
 * out, as Submariner writes "" for "none".
 */
export function parseGatewayAddresses(texts: readonly string[], what: string): Result<Address[]> {
  const given = [...new Set(texts.filter((text) => text !== ""))];
  if (given.length > MAX_GATEWAY_ADDRESSES)
    return refuse(`${what} has ${given.length} addresses: ${MAX_GATEWAY_ADDRESSES} at most`);
  const out: Address[] = [];
  for (const text of given) {
    const parsed = parseAddress(text);
    if (!parsed.ok) return refuse(`${what}: ${parsed.reason}`);
    const special = specialAddress(parsed.value);
    if (special) return refuse(`${what}: ${text} is a ${special} address, which no other cluster can reach`);
    out.push(parsed.value);
  }
  return ok(out.sort((a, b) => a.family - b.family));
}

function parseGateway(entry: v.InferOutput<typeof schema>[number]): Result<GatewayMember> {
  const { hostname, port } = entry;
  if (hostname === "" || hostname.length > 253) return refuse("hostname must have 1 to 253 characters");
  const privateIps = parseGatewayAddresses(entry.privateIPs, "privateIPs");
  if (!privateIps.ok) return privateIps;
  if (privateIps.value.length === 0) return refuse("privateIPs names no address");
  const publicIps = parseGatewayAddresses(entry.publicIPs, "publicIPs");
  if (!publicIps.ok) return publicIps;
  const healthCheckIps = parseGatewayAddresses(entry.healthCheckIPs, "healthCheckIPs");
  if (!healthCheckIps.ok) return healthCheckIps;
  const addressesOf = { privateIps: privateIps.value, publicIps: publicIps.value, healthCheckIps: healthCheckIps.value };
  return ok({ hostname, ...addressesOf, port, ...(entry.phase && { phase: entry.phase }) });
}

/** Reads the annotation GATEWAYS_ANNOTATION, which another cluster wrote. Total: gives the list, never empty, or a reason. */
export function parseGateways(text: string): Result<readonly GatewayMember[]> {
  if (text.length > MAX_TEXT) return refuse(`the list of gateways has ${text.length} characters: ${MAX_TEXT} at most`);
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    return refuse("the list of gateways is no JSON");
  }
  const shaped = v.safeParse(schema, plain, { abortEarly: true });
  if (!shaped.success) {
    const { path, message } = shaped.issues[0];
    return refuse(`the list of gateways is malformed: ${path?.map((item) => item.key).join(".") ?? "value"}: ${message}`);
  }
  const entries = shaped.output;
  if (entries.length === 0) return refuse("the list of gateways is empty");
  if (entries.length > MAX_GATEWAYS) return refuse(`the list of gateways has ${entries.length} entries: ${MAX_GATEWAYS} at most`);
  const gateways: GatewayMember[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = parseGateway(entry);
    if (!parsed.ok) return refuse(`gateway ${index + 1} of the list: ${parsed.reason}`);
    if (gateways.some(({ hostname }) => hostname === parsed.value.hostname)) {
      return refuse(`gateway ${index + 1} of the list: ${parsed.value.hostname} is there twice`);
    }
    gateways.push(parsed.value);
  }
  return ok(gateways);
}

/** Writes the annotation GATEWAYS_ANNOTATION; equal lists, in whatever order, give equal text, so that nothing is written twice. */
export function formatGateways(gateways: readonly GatewayMember[]): string {
  const sorted = [...gateways].sort((a, b) => (a.hostname < b.hostname ? -1 : a.hostname > b.hostname ? 1 : 0));
  return JSON.stringify(
    sorted.map(({ hostname, privateIps, publicIps, port, healthCheckIps, phase }) => ({
      hostname,
      privateIPs: privateIps.map(formatAddress),
      publicIPs: publicIps.map(formatAddress),
      port,
      healthCheckIPs: healthCheckIps.map(formatAddress),
      ...(phase && { phase }),
    })),
  );
}
