// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { attribute } from "./attributes.ts";
import { concat } from "./bytes.ts";
import { NLM_F, NLMSG, NLMSGERR_ATTR, RTM } from "./constants.ts";
import { decodeAcknowledgement, encodeMessage, type NetlinkMessage, splitMessages } from "./message.ts";

function error(errno: number, flags: number, ...rest: Uint8Array[]): NetlinkMessage {
  const code = new Uint8Array(Int32Array.of(-errno).buffer);
  return { type: NLMSG.ERROR, flags, sequence: 1, port: 0, payload: concat(code, ...rest) };
}

describe("encodeMessage", () => {
  test("a request is its header and its payload, in host order", () => {
    const bytes = encodeMessage(RTM.GETLINK, NLM_F.REQUEST | NLM_F.DUMP, 7, Uint8Array.of(1, 2, 3, 4));
    expect([...bytes]).toEqual([20, 0, 0, 0, 18, 0, 1, 3, 7, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  });
});

describe("splitMessages", () => {
  test("several messages in a datagram come apart, padding is skipped", () => {
    const first = concat(encodeMessage(16, 0, 1, Uint8Array.of(9)), new Uint8Array(3));
    const split = splitMessages(concat(first, encodeMessage(17, 2, 0xfffffffe)));
    expect(split.ok && split.value.map((m) => [m.type, m.sequence, m.payload.length])).toEqual([
      [16, 1, 1],
      [17, 0xfffffffe, 0],
    ]);
  });

  test("an empty datagram has no messages", () => {
    expect(splitMessages(new Uint8Array(0))).toEqual({ ok: true, value: [] });
  });

  test.each([0, 15, 17, 0xffffffff])("a message length of %d in 16 bytes is refused", (length) => {
    const bytes = encodeMessage(16, 0, 1);
    new DataView(bytes.buffer).setUint32(0, length, true);
    expect(splitMessages(bytes).ok).toBe(false);
  });

  test("every truncation of a datagram is refused", () => {
    const whole = concat(encodeMessage(16, 0, 1, new Uint8Array(8)), encodeMessage(17, 0, 1, new Uint8Array(4)));
    for (let length = 1; length < whole.length; length++) {
      if (length !== 24) expect(splitMessages(whole.subarray(0, length)).ok).toBe(false);
    }
  });
});

describe("decodeAcknowledgement", () => {
  const request = encodeMessage(RTM.NEWLINK, NLM_F.REQUEST, 1, new Uint8Array(24));
  const text = attribute.string(NLMSGERR_ATTR.MSG, "Unknown device type");

  test("zero is success", () => {
    const ack = decodeAcknowledgement(error(0, NLM_F.CAPPED, request.subarray(0, 16)));
    expect(ack.ok && ack.value.errno).toBe(0);
    expect(ack.ok && Object.is(ack.value.errno, 0)).toBe(true);
  });

  test("the kernel's text follows the header of a capped request", () => {
    const ack = decodeAcknowledgement(error(95, NLM_F.CAPPED | NLM_F.ACK_TLVS, request.subarray(0, 16), text));
    expect(ack).toEqual({ ok: true, value: { errno: 95, text: "Unknown device type", offset: undefined, missing: undefined } });
  });

  test("the kernel's text follows the whole of an uncapped request", () => {
    const ack = decodeAcknowledgement(error(22, NLM_F.ACK_TLVS, request, attribute.u32(NLMSGERR_ATTR.OFFS, 36), text));
    expect(ack.ok && ack.value).toMatchObject({ errno: 22, text: "Unknown device type", offset: 36 });
  });

  test("the end of a dump may carry an error, or nothing", () => {
    const done = { type: NLMSG.DONE, flags: NLM_F.ACK_TLVS, sequence: 1, port: 0 };
    const code = new Uint8Array(Int32Array.of(-2).buffer);
    expect(decodeAcknowledgement({ ...done, payload: concat(code, text) })).toMatchObject({
      value: { errno: 2, text: "Unknown device type" },
    });
    expect(decodeAcknowledgement({ ...done, payload: new Uint8Array(0) })).toMatchObject({ value: { errno: 0 } });
  });

  test("a cut header and a lying attribute are refused", () => {
    expect(decodeAcknowledgement(error(22, 0, request.subarray(0, 15))).ok).toBe(false);
    const lie = Uint8Array.of(200, 0, 1, 0);
    expect(decodeAcknowledgement(error(22, NLM_F.CAPPED | NLM_F.ACK_TLVS, request.subarray(0, 16), lie)).ok).toBe(false);
  });
});
