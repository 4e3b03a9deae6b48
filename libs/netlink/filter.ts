// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import { Attributes } from "./attributes.ts";
import { readFixed, viewOf } from "./bytes.ts";
import { TCA } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";

const TCMSG = 20;

/** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS | TC_H_MIN_EGRESS) (linux/pkt_sched.h). */
const PARENT = { ingress: 0xfffffff2, egress: 0xfffffff3 } as const;

/** Which filters of a clsact qdisc: those for packets that come in, or for those that go out. */
export type FilterHook = keyof typeof PARENT;

/** A tc filter (tc(8)), whoever made it. */
export interface Filter {
  /** The classifier: "bpf", "flower", "u32", ... */
  readonly kind: string;
  /** 1 is tried first. */
  readonly priority: number;
  readonly handle: number;
  /** EtherType of the packets it looks at; 3 (ETH_P_ALL) is all of them. */
  readonly protocol: number;
}

/** Decodes the payload of RTM_NEWTFILTER. Total. */
export function decodeFilter(payload: Uint8Array): Result<Filter> {
  return reading("a filter", () => {
    const { head, rest } = readFixed(payload, TCMSG);
    const kind = Attributes.parse(rest).string(TCA.KIND);
    if (!kind) throw new Malformed("it has no kind");
    // tcm_info: the priority above the EtherType, which is network order.
    return { kind, handle: head.getUint32(8, true), priority: head.getUint16(18, true), protocol: head.getUint16(16) };
  });
}

/** Encodes the payload of RTM_GETTFILTER for a dump. */
export function encodeFilterDump(ifindex: number, hook: FilterHook): Uint8Array[] {
  const out = new Uint8Array(TCMSG);
  const view = viewOf(out);
  view.setInt32(4, ifindex, true);
  view.setUint32(12, PARENT[hook], true);
  return [out];
}
