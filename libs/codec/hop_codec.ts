// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  addressFromBytes,
  addressToBytes,
  type HopRow,
  type InnerMtu,
  macFromBytes,
  macToBytes,
  parseIfIndex,
} from "@strait/model";
import { enums, layouts } from "./layouts.gen.ts";
import { nameOf } from "./names.ts";
import type { RowCoding } from "./row_coding.ts";
import { decodeStruct, encodeStruct } from "./struct_codec.ts";
import { decodeU32, encodeU32 } from "./u32.ts";

function optionalAddress(bytes: Uint8Array): Address | undefined {
  return bytes.every((byte) => byte === 0) ? undefined : addressFromBytes(bytes);
}

/** strait_hops: hop index → struct strait_hop. */
export const hopCodec: RowCoding<HopRow> = {
  encodeKey: (row) => encodeU32(row.index),
  encodeValue: (row) =>
    encodeStruct(layouts.strait_hop, {
      remote: addressToBytes(row.remote),
      local: addressToBytes(row.local),
      ...(row.via && { via: addressToBytes(row.via) }),
      ifindex: row.ifindex,
      kind: enums.strait_hop_kind[row.kind],
      vni: row.vni,
      port: row.port,
      mtu: row.mtu,
      local_mac: macToBytes(row.localMac),
      remote_mac: macToBytes(row.remoteMac),
      family: row.remote.family,
      owner: enums.strait_owner[row.owner],
    }),
  decode(key, value) {
    const raw = decodeStruct(layouts.strait_hop, value);
    const kind = nameOf(enums.strait_hop_kind, raw.kind);
    const owner = nameOf(enums.strait_owner, raw.owner);
    const ifindex = parseIfIndex(raw.ifindex);
    if (kind === undefined || kind === "free" || owner === undefined || !ifindex.ok) return undefined;
    const via = optionalAddress(raw.via);
    return {
      index: decodeU32(key),
      remote: addressFromBytes(raw.remote),
      local: addressFromBytes(raw.local),
      ...(via && { via }),
      ifindex: ifindex.value,
      kind,
      vni: raw.vni,
      port: raw.port,
      mtu: raw.mtu as InnerMtu,
      localMac: macFromBytes(raw.local_mac),
      remoteMac: macFromBytes(raw.remote_mac),
      owner,
    };
  },
};
