// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import { Attributes } from "./attributes.ts";
import { align4, concat, viewOf } from "./bytes.ts";
import { NLM_F, NLMSG, NLMSGERR_ATTR } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";

const HEADER = 16;

/** A netlink message (linux/netlink.h `nlmsghdr` and what follows). `payload` is a view, not a copy. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly port: number;
  readonly payload: Uint8Array;
}

/** Encodes one message; the kernel fills in our port. */
export function encodeMessage(type: number, flags: number, sequence: number, ...payload: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(HEADER);
  const out = concat(header, ...payload);
  const view = viewOf(out);
  view.setUint32(0, out.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  return out;
}

/** Splits a datagram into its messages. Refuses a length that lies and a trailing part of a header. */
export function splitMessages(datagram: Uint8Array): Result<NetlinkMessage[]> {
  return reading("a netlink datagram", () => {
    const out: NetlinkMessage[] = [];
    const view = viewOf(datagram);
    for (let at = 0; at < datagram.length; ) {
      if (datagram.length - at < HEADER) throw new Malformed(`${datagram.length - at} bytes after the last message`);
      const length = view.getUint32(at, true);
      if (length < HEADER || length > datagram.length - at) throw new Malformed(`message length ${length} at byte ${at}`);
      out.push({
        type: view.getUint16(at + 4, true),
        flags: view.getUint16(at + 6, true),
        sequence: view.getUint32(at + 8, true),
        port: view.getUint32(at + 12, true),
        payload: datagram.subarray(at + HEADER, at + length),
      });
      at += align4(length);
    }
    return out;
  });
}

/** What an NLMSG_ERROR or NLMSG_DONE says. `errno` is 0 for an acknowledgement; `text` may be a warning even then. */
export interface Acknowledgement {
  readonly errno: number;
  readonly text: string | undefined;
  /** Byte of our request the kernel complains about, header included. */
  readonly offset: number | undefined;
  /** Type of an attribute the kernel misses. */
  readonly missing: number | undefined;
}

/** Decodes an acknowledgement with its extended part (NETLINK_EXT_ACK; Documentation/userspace-api/netlink/intro.rst). */
export function decodeAcknowledgement(message: NetlinkMessage): Result<Acknowledgement> {
  return reading("a netlink acknowledgement", () => {
    const { payload, flags, type } = message;
    // A dump may end without any status: that is success.
    if (type === NLMSG.DONE && payload.length < 4) return { errno: 0, text: undefined, offset: undefined, missing: undefined };
    if (payload.length < 4) throw new Malformed(`${payload.length} bytes`);
    const view = viewOf(payload);
    const errno = -view.getInt32(0, true);
    let at = 4;
    if (type === NLMSG.ERROR) {
      if (payload.length < 4 + HEADER) throw new Malformed("the request's header is cut off");
      at += flags & NLM_F.CAPPED ? HEADER : align4(Math.max(HEADER, view.getUint32(4, true)));
    }
    const attributes = Attributes.parse(flags & NLM_F.ACK_TLVS ? payload.subarray(at) : new Uint8Array(0));
    return {
      errno: errno === 0 ? 0 : errno,
      text: attributes.string(NLMSGERR_ATTR.MSG),
      offset: attributes.u32(NLMSGERR_ATTR.OFFS),
      missing: attributes.u32(NLMSGERR_ATTR.MISS_TYPE),
    };
  });
}
