// SPDX-License-Identifier: Apache-2.0
import { type ClusterRow, parseClusterId, parseIfIndex, type SlotRow, type SourceRow, type SubnetRow } from "@strait/model";
import { constants, enums, layouts } from "./layouts.gen.ts";
import { nameOf } from "./names.ts";
import { prefixFromKey, prefixToKey } from "./prefix_key.ts";
import type { RowCoding } from "./row_coding.ts";
import { decodeStruct, encodeStruct } from "./struct_codec.ts";
import { decodeU32, encodeU32 } from "./u32.ts";

function subnetIndex(row: SubnetRow): number {
  if (row.kind === "remote") return row.cluster;
  return row.kind === "node" ? row.hop : enums.strait_owner[row.owner];
}

/** strait_subnets: prefix → struct strait_subnet. `index` of a "here" row, which the programs do not read, is its owner. */
export const subnetCodec: RowCoding<SubnetRow> = {
  encodeKey(row) {
    const { bits, addr } = prefixToKey(row.prefix);
    return encodeStruct(layouts.strait_subnet_key, { prefix: bits, addr });
  },
  encodeValue: (row) =>
    encodeStruct(layouts.strait_subnet, { kind: enums.strait_subnet_kind[row.kind], index: subnetIndex(row) }),
  decode(key, value) {
    const rawKey = decodeStruct(layouts.strait_subnet_key, key);
    const { kind: number, index } = decodeStruct(layouts.strait_subnet, value);
    const prefix = prefixFromKey(rawKey.prefix, rawKey.addr);
    const kind = nameOf(enums.strait_subnet_kind, number);
    if (!prefix || !kind) return undefined;
    if (kind === "remote") return { prefix, kind, cluster: index };
    if (kind === "node") return { prefix, kind, hop: index };
    const owner = nameOf(enums.strait_owner, index);
    return owner && { prefix, kind, owner };
  },
};

/** strait_clusters: cluster index → id, NUL padded. */
export const clusterCodec: RowCoding<ClusterRow> = {
  encodeKey: (row) => encodeU32(row.index),
  encodeValue: (row) => encodeStruct(layouts.strait_cluster, { id: new TextEncoder().encode(row.id) }),
  decode(key, value) {
    const { id } = decodeStruct(layouts.strait_cluster, value);
    const end = id.indexOf(0);
    const parsed = parseClusterId(new TextDecoder().decode(end < 0 ? id : id.subarray(0, end)));
    return parsed.ok ? { index: decodeU32(key), id: parsed.value } : undefined;
  },
};

/** strait_slots: cluster index × SLOTS + slot → hop index. 0 is "no hop". */
export const slotCodec: RowCoding<SlotRow> = {
  encodeKey(row) {
    if (row.slot >= constants.SLOTS) throw new RangeError(`slot ${row.slot} is out of range: 0 to ${constants.SLOTS - 1}`);
    return encodeU32(row.cluster * constants.SLOTS + row.slot);
  },
  encodeValue: (row) => encodeU32(row.hop),
  decode(key, value) {
    const hop = decodeU32(value);
    const index = decodeU32(key);
    if (hop === 0) return undefined;
    return { cluster: Math.floor(index / constants.SLOTS), slot: index % constants.SLOTS, hop };
  },
};

/** Bits the interface index adds to the prefix of a source. */
const IFINDEX_BITS = 32;

/** strait_sources: interface and prefix → the way that what such a pod sends takes. */
export const sourceCodec: RowCoding<SourceRow> = {
  encodeKey(row) {
    const { bits, addr } = prefixToKey(row.prefix);
    return encodeStruct(layouts.strait_source_key, { prefix: IFINDEX_BITS + bits, ifindex: row.ifindex, addr });
  },
  encodeValue: (row) => encodeU32(enums.strait_way[row.stack ? "stack" : "direct"]),
  decode(key, value) {
    const raw = decodeStruct(layouts.strait_source_key, key);
    const ifindex = parseIfIndex(raw.ifindex);
    const prefix = prefixFromKey(raw.prefix - IFINDEX_BITS, raw.addr);
    const way = nameOf(enums.strait_way, decodeU32(value));
    return ifindex.ok && prefix && way ? { ifindex: ifindex.value, prefix, ...(way === "stack" && { stack: true }) } : undefined;
  },
};
