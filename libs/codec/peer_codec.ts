// SPDX-License-Identifier: Apache-2.0
import {
  addressFromBytes,
  addressToBytes,
  macFromBytes,
  macToBytes,
  type PeerFlag,
  type PeerRow,
  type PodRow,
  parseIfIndex,
} from "@strait/model";
import { enums, layouts } from "./layouts.gen.ts";
import { nameOf } from "./names.ts";
import type { RowCoding } from "./row_coding.ts";
import { decodeStruct, encodeStruct } from "./struct_codec.ts";

const peerFlags: readonly PeerFlag[] = ["self", "node", "gateway"];

/** strait_peers: address and role → struct strait_peer. */
export const peerCodec: RowCoding<PeerRow> = {
  encodeKey: (row) =>
    encodeStruct(layouts.strait_peer_key, { addr: addressToBytes(row.address), role: enums.strait_role[row.role] }),
  encodeValue: (row) =>
    encodeStruct(layouts.strait_peer, {
      flags: row.flags.reduce((bits, flag) => bits | enums.strait_peer_flag[flag], 0),
      cluster: row.cluster,
      hop: row.hop,
      local: addressToBytes(row.local),
    }),
  decode(key, value) {
    const rawKey = decodeStruct(layouts.strait_peer_key, key);
    const raw = decodeStruct(layouts.strait_peer, value);
    const role = nameOf(enums.strait_role, rawKey.role);
    if (role === undefined) return undefined;
    return {
      address: addressFromBytes(rawKey.addr),
      role,
      flags: peerFlags.filter((flag) => (raw.flags & enums.strait_peer_flag[flag]) !== 0),
      cluster: raw.cluster,
      hop: raw.hop,
      local: addressFromBytes(raw.local),
    };
  },
};

/** strait_pods: address → struct strait_pod. A MAC of zeros is one that is not known. */
export const podCodec: RowCoding<PodRow> = {
  encodeKey: (row) => addressToBytes(row.address),
  encodeValue: (row) =>
    encodeStruct(layouts.strait_pod, {
      ifindex: row.ifindex,
      ...(row.mac && { mac: macToBytes(row.mac) }),
      host_mac: macToBytes(row.hostMac),
    }),
  decode(key, value) {
    const raw = decodeStruct(layouts.strait_pod, value);
    const ifindex = parseIfIndex(raw.ifindex);
    if (!ifindex.ok) return undefined;
    const known = raw.mac.some((byte) => byte !== 0);
    return {
      address: addressFromBytes(key),
      ifindex: ifindex.value,
      ...(known && { mac: macFromBytes(raw.mac) }),
      hostMac: macFromBytes(raw.host_mac),
    };
  },
};
