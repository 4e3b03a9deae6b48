// SPDX-License-Identifier: Apache-2.0
import type { MapName, RowOf } from "@strait/model";
import { hopCodec } from "./hop_codec.ts";
import { maps } from "./layouts.gen.ts";
import { peerCodec, podCodec } from "./peer_codec.ts";
import type { RowCodec, RowCoding } from "./row_coding.ts";
import { clusterCodec, slotCodec, sourceCodec, subnetCodec } from "./small_codecs.ts";

const BPF_MAP_TYPE_ARRAY = 2;

function codec<M extends MapName>(map: M, coding: RowCoding<RowOf[M]>): RowCodec<RowOf[M]> {
  const { name, keySize, valueSize, type } = maps[map];
  return { map: name, keySize, valueSize, isArray: Number(type) === BPF_MAP_TYPE_ARRAY, ...coding };
}

/**
 * The codec of every map the control plane writes.
 *
 * @example
 * const { encodeKey, encodeValue } = rowCodecs.hops;
 * map.update(encodeKey(row), encodeValue(row));
 */
export const rowCodecs: { readonly [M in MapName]: RowCodec<RowOf[M]> } = {
  subnets: codec("subnets", subnetCodec),
  clusters: codec("clusters", clusterCodec),
  slots: codec("slots", slotCodec),
  hops: codec("hops", hopCodec),
  peers: codec("peers", peerCodec),
  pods: codec("pods", podCodec),
  sources: codec("sources", sourceCodec),
};
