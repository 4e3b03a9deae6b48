// SPDX-License-Identifier: Apache-2.0
import { decodeCount, decodeTraffic, decodeU32, type ReasonName, reasonNames } from "@strait/codec";
import type { BpfMap } from "@strait/ffi";

/** What went to a hop and came from it; bytes are inner bytes, IP header included. */
export interface HopTraffic {
  readonly txPackets: bigint;
  readonly txBytes: bigint;
  readonly rxPackets: bigint;
  readonly rxBytes: bigint;
}

/** What the programs counted since their maps were made, over all CPUs. */
export interface Counters {
  /** By why a program let go of a packet; reasons that never occurred included. */
  readonly reasons: readonly { readonly reason: ReasonName; readonly packets: bigint; readonly bytes: bigint }[];
  /** By hop index; hops without traffic are left out. */
  readonly traffic: ReadonlyMap<number, HopTraffic>;
}

/** Reads the counters of all programs on this node. */
export function readCounters(maps: ReadonlyMap<string, BpfMap>): Counters {
  const reasons = [...map(maps, "strait_reasons").entriesPerCpu()].flatMap(([key, values]) => {
    const reason = reasonNames[decodeU32(key)];
    return reason === undefined ? [] : [{ reason, ...decodeCount(values) }];
  });
  const traffic = new Map<number, HopTraffic>();
  for (const [key, values] of map(maps, "strait_traffic").entriesPerCpu({ written: true })) {
    const { tx, rx } = decodeTraffic(values);
    traffic.set(decodeU32(key), { txPackets: tx.packets, txBytes: tx.bytes, rxPackets: rx.packets, rxBytes: rx.bytes });
  }
  return { reasons, traffic };
}

function map(maps: ReadonlyMap<string, BpfMap>, name: string): BpfMap {
  const found = maps.get(name);
  if (!found) throw new TypeError(`map ${name} is missing`);
  return found;
}
