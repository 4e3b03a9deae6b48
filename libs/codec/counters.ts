// SPDX-License-Identifier: Apache-2.0
import { layouts } from "./layouts.gen.ts";
import { decodeStruct } from "./struct_codec.ts";

/** Packets and inner bytes. */
export interface Count {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** What went to a hop and came from it. Bytes are inner bytes, IP header included. */
export interface Traffic {
  readonly tx: Count;
  readonly rx: Count;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** One row of strait_reasons, summed over the CPUs. */
export function decodeCount(perCpu: readonly Uint8Array[]): Count {
  const rows = perCpu.map((bytes) => decodeStruct(layouts.strait_count, bytes));
  return { packets: sum(rows.map((row) => row.packets)), bytes: sum(rows.map((row) => row.bytes)) };
}

/** One row of strait_traffic, summed over the CPUs. */
export function decodeTraffic(perCpu: readonly Uint8Array[]): Traffic {
  const rows = perCpu.map((bytes) => decodeStruct(layouts.strait_traffic, bytes));
  return {
    tx: { packets: sum(rows.map((row) => row.tx_packets)), bytes: sum(rows.map((row) => row.tx_bytes)) },
    rx: { packets: sum(rows.map((row) => row.rx_packets)), bytes: sum(rows.map((row) => row.rx_bytes)) },
  };
}
