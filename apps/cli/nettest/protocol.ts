// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import * as v from "valibot";

/**
 * What listener and connector say to each other over TCP, and what each leaves behind.
 *
 * ```
 * connector ── "HELLO <its id>\n" + payload + "\nEND\n" ──▶ listener
 * connector ◀── "HELLO <its id>\n" ── listener
 * ```
 * The listener answers only after it has read everything, so both know that packets of the wanted size passed.
 */
export const HELLO = "HELLO ";
export const END = "\nEND\n";

/** What a test container leaves as its termination message, as one line of JSON. */
export interface NettestResult {
  readonly ok: boolean;
  /** Its own id. */
  readonly id: string;
  /** The other side's id, as received. */
  readonly peer?: string;
  /** The other side's address, as seen here. */
  readonly source?: string;
  /** Payload bytes received (listener) or sent (connector). */
  readonly bytes?: number;
  /** Why not, where `ok` is false. */
  readonly reason?: string;
}

const schema = v.object({
  ok: v.boolean(),
  id: v.string(),
  peer: v.optional(v.string()),
  source: v.optional(v.string()),
  bytes: v.optional(v.number()),
  reason: v.optional(v.string()),
});

/** Reads a termination message. Example: `parseResult("")` is refused: the container left nothing. */
export function parseResult(message: string): Result<NettestResult> {
  const line = message.trim().split("\n").at(-1) ?? "";
  if (line === "") return refuse("the container left no result");
  try {
    const parsed = v.safeParse(schema, JSON.parse(line));
    return parsed.success ? ok(parsed.output as NettestResult) : refuse(`the container left "${line.slice(0, 200)}"`);
  } catch {
    return refuse(`the container left "${line.slice(0, 200)}"`);
  }
}

/** An address as the kernel names it: IPv4 out of an IPv4-mapped one. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
