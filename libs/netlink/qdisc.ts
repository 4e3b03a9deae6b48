// SPDX-License-Identifier: Apache-2.0
import type { IfIndex, Result } from "@strait/model";
import { Attributes, attribute } from "./attributes.ts";
import { readFixed, readIndex, viewOf } from "./bytes.ts";
import { TCA } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";

const TCMSG = 20;

/** Where a clsact qdisc hangs (TC_H_CLSACT, linux/pkt_sched.h) and the handle `tc` gives it. */
const CLSACT_PARENT = 0xfffffff1;
const CLSACT_HANDLE = 0xffff0000;

/** A queueing discipline (tc(8)). Handles are major << 16 | minor. */
export interface Qdisc {
  readonly ifindex: IfIndex;
  readonly kind: string;
  readonly handle: number;
  readonly parent: number;
}

/** Decodes the payload of RTM_NEWQDISC or RTM_DELQDISC. Total. */
export function decodeQdisc(payload: Uint8Array): Result<Qdisc> {
  return reading("a qdisc", () => {
    const { head, rest } = readFixed(payload, TCMSG);
    const kind = Attributes.parse(rest).string(TCA.KIND);
    if (!kind) throw new Malformed("it has no kind");
    return {
      ifindex: readIndex(head.getInt32(4, true)),
      kind,
      handle: head.getUint32(8, true),
      parent: head.getUint32(12, true),
    };
  });
}

function encodeTcmsg(ifindex: number, handle: number, parent: number): Uint8Array {
  const out = new Uint8Array(TCMSG);
  const view = viewOf(out);
  view.setInt32(4, ifindex, true);
  view.setUint32(8, handle, true);
  view.setUint32(12, parent, true);
  return out;
}

/** Encodes the payload of RTM_GETQDISC for a dump: of one link, or of all (0). */
export function encodeQdiscDump(ifindex = 0): Uint8Array[] {
  return [encodeTcmsg(ifindex, 0, 0)];
}

/** Encodes the payload of RTM_NEWQDISC or RTM_DELQDISC for a link's clsact. */
export function encodeClsact(ifindex: IfIndex): Uint8Array[] {
  return [encodeTcmsg(ifindex, CLSACT_HANDLE, CLSACT_PARENT), attribute.string(TCA.KIND, "clsact")];
}
