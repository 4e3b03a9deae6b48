// SPDX-License-Identifier: Apache-2.0
import { type Address, addressFromBytes, ok, type Result, refuse } from "@strait/model";
import { enums, layouts } from "./layouts.gen.ts";
import { type HookName, nameOf, type ReasonName, reasonNames } from "./names.ts";
import { decodeStruct, encodeStruct } from "./struct_codec.ts";

/** A verdict from the ring buffer. Addresses and ports are the inner packet's where they were parsed. */
export interface TraceEvent {
  /** Nanoseconds since boot (CLOCK_BOOTTIME). */
  readonly time: bigint;
  readonly reason: ReasonName;
  readonly hook: HookName;
  readonly ifindex: number;
  /** Bytes of the packet as it left the program. */
  readonly length: number;
  readonly src?: Address;
  readonly dst?: Address;
  readonly sport: number;
  readonly dport: number;
  /** IP protocol number. */
  readonly protocol: number;
}

function parsed(bytes: Uint8Array): Address | undefined {
  return bytes.some((byte) => byte !== 0) ? addressFromBytes(bytes) : undefined;
}

/** Reads a record of strait_trace. Refused where it is cut off or names no reason or hook of this layout. */
export function decodeTraceEvent(bytes: Uint8Array): Result<TraceEvent> {
  if (bytes.length < layouts.strait_event.size) return refuse(`a trace record of ${bytes.length} bytes is cut off`);
  const raw = decodeStruct(layouts.strait_event, bytes);
  const reason = reasonNames[raw.reason];
  const hook = nameOf(enums.strait_hook, raw.hook);
  if (reason === undefined) return refuse(`trace record has reason ${raw.reason}, which has no name`);
  if (hook === undefined) return refuse(`trace record has hook ${raw.hook}, which has no name`);
  const src = parsed(raw.src);
  const dst = parsed(raw.dst);
  const { time, ifindex, length, sport, dport, protocol } = raw;
  return ok({ time, reason, hook, ifindex, length, ...(src && { src }), ...(dst && { dst }), sport, dport, protocol });
}

/** The value of the one row of strait_control. Example: `encodeControl({ trace: true })`. */
export function encodeControl(control: { readonly trace: boolean }): Uint8Array {
  return encodeStruct(layouts.strait_control, { trace: control.trace ? 1 : 0 });
}
