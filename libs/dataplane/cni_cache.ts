// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, type Mac, parseAddress, parseMac } from "@strait/model";
import * as v from "valibot";

/** Where libcni keeps its results unless told otherwise (libcni.CacheDir). */
export const CNI_CACHE_DIR = "/var/lib/cni";

/** A pod's address behind a host interface, as the CNI plugin reported it. */
export interface CniPod {
  /** What the plugins made outside the pod: the host side of its veth, and perhaps a bridge or a device for shaping. */
  readonly hostInterfaces: readonly string[];
  readonly address: Address;
  /** Of the pod's own interface, where the plugin told it. */
  readonly mac?: Mac;
}

const Entry = v.object({
  result: v.object({
    interfaces: v.array(v.object({ name: v.string(), mac: v.optional(v.string()), sandbox: v.optional(v.string()) })),
    ips: v.array(v.object({ interface: v.optional(v.number()), address: v.string() })),
  }),
});

/**
 * Reads one entry of libcni's cache (CNI specification 1.0, result type). Total: an entry of another shape gives no pods. Some
 * plugins (Calico) list no interface inside the pod; their addresses count all the same.
 */
export function parseCniEntry(text: string): CniPod[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const parsed = v.safeParse(Entry, json);
  if (!parsed.success) return [];
  const { interfaces, ips } = parsed.output.result;
  const hostInterfaces = interfaces.filter(({ sandbox }) => !sandbox).map(({ name }) => name);
  if (hostInterfaces.length === 0) return [];
  return ips.flatMap(({ interface: index, address: text }) => {
    const inside = index === undefined ? interfaces.find((candidate) => candidate.sandbox) : interfaces[index];
    if (index !== undefined && !inside?.sandbox) return [];
    const address = parseAddress(text.split("/")[0] ?? "");
    if (!address.ok) return [];
    const mac = parseMac(inside?.mac ?? "");
    return [{ hostInterfaces, address: address.value, ...(mac.ok && { mac: mac.value }) }];
  });
}

/** Where libcni's results lie in its cache. */
export function resultsDir(cacheDir: string): string {
  return join(cacheDir, "results");
}

/** All pods in libcni's cache; none where there is no cache. Entries that vanish or are being written are passed over. */
export function readCniCache(cacheDir: string): CniPod[] {
  const dir = resultsDir(cacheDir);
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return parseCniEntry(readFileSync(join(dir, name), "utf8"));
    } catch {
      return [];
    }
  });
}
