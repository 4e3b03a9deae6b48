// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from "node:timers/promises";
import { decodeTraceEvent, encodeControl, encodeU32, type TraceEvent } from "@strait/codec";
import { BpfMap, FileLock, KernelError, RingBuffer } from "@strait/ffi";
import { parseIfIndex } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { Pins } from "./pins.ts";
import { SetupError } from "./setup_error.ts";

/** A verdict of our programs, as it is told to people. */
export interface TracedVerdict extends TraceEvent {
  /** Name of the interface; "#12" where it is gone. */
  readonly interface: string;
}

/** Drains are this far apart: the ring holds 4000 events, and what comes faster is lost. */
const POLL_MS = 20;
const ROW = encodeU32(0);

/**
 * Every verdict of this node's programs, oldest first, until the signal aborts. Switches the trace on while it runs, for the
 * apps' programs are traced and not the apps; the packets pay for it, so it is for looking and not for leaving on.
 *
 * @throws SetupError where nothing is installed, or another trace runs: an event goes to one reader only.
 * @example
 * for await (const verdict of traceVerdicts({ pinDir: "/sys/fs/bpf/strait" }, signal)) console.log(formatVerdict(verdict));
 */
export async function* traceVerdicts(
  { pinDir }: { readonly pinDir: string },
  signal: AbortSignal,
): AsyncGenerator<TracedVerdict> {
  const pins = new Pins(pinDir);
  using control = openMap(pins, "strait_control", pinDir);
  using lock = FileLock.tryTake(pins.traceLock, { create: false });
  if (!lock) throw new SetupError("another trace runs on this node: an event goes to one reader only, so end that one first");
  using events = openMap(pins, "strait_trace", pinDir);
  using ring = new RingBuffer(events);
  using netlink = new Netlink();
  ring.poll(); // what a trace left that was killed
  control.update(ROW, encodeControl({ trace: true }));
  try {
    while (!signal.aborted) {
      const records = ring.poll();
      const names = new Map<number, string>();
      for (const record of records) {
        const event = decodeTraceEvent(record);
        if (!event.ok) continue;
        const { ifindex } = event.value;
        const name = names.get(ifindex) ?? nameOf(netlink, ifindex);
        names.set(ifindex, name);
        yield { ...event.value, interface: name };
      }
      if (records.length === 0) await setTimeout(POLL_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    control.update(ROW, encodeControl({ trace: false }));
  }
}

function openMap(pins: Pins, name: string, pinDir: string): BpfMap {
  try {
    return BpfMap.openPinned(pins.map(name));
  } catch (error) {
    if (!(error instanceof KernelError) || error.errnoName !== "ENOENT") throw error;
    throw new SetupError(`nothing of Strait is pinned in ${pinDir}: start the route agent first, or name its config by --config`);
  }
}

function nameOf(netlink: Netlink, ifindex: number): string {
  const index = parseIfIndex(ifindex);
  return (index.ok && netlink.linkByIndex(index.value)?.name) || `#${ifindex}`;
}
