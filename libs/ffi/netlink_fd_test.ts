// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { describeIf } from "@strait/testkit";
import { openHandles } from "./handle.ts";
import { NetlinkFd } from "./netlink_fd.ts";
import { unfit } from "./testing/place.ts";

/** RTM_GETLINK for one interface by index (rtnetlink(7)): header and struct ifinfomsg. */
function getLink(ifindex: number, sequence: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, 32, true);
  view.setUint16(4, 18, true); // RTM_GETLINK
  view.setUint16(6, 1, true); // NLM_F_REQUEST
  view.setUint32(8, sequence, true);
  view.setInt32(20, ifindex, true);
  return new Uint8Array(view.buffer);
}

const head = (bytes: Uint8Array | undefined) => {
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer);
  return {
    length: view.getUint32(0, true),
    type: view.getUint16(4, true),
    sequence: view.getUint32(8, true),
    port: view.getUint32(12, true),
  };
};

describeIf(unfit)("NetlinkFd", () => {
  test("asks the kernel and receives the answer as one datagram", () => {
    using socket = NetlinkFd.open(0);
    socket.send(getLink(1, 77));
    const answer = socket.receive(1000);
    expect(head(answer)).toEqual({ length: answer?.length ?? 0, type: 16, sequence: 77, port: socket.port });
  });

  test("receives a refusal as an answer, not as an error", () => {
    using socket = NetlinkFd.open(0);
    socket.send(getLink(0x7fff_fff0, 78));
    expect(head(socket.receive(1000))).toMatchObject({ type: 2, sequence: 78 }); // NLMSG_ERROR
  });

  test("gives undefined where nothing comes in time", () => {
    using socket = NetlinkFd.open(0);
    expect(socket.receive(0)).toBeUndefined();
    expect(socket.receive(5)).toBeUndefined();
  });

  test("refuses an unknown protocol, group or an empty datagram", () => {
    expect(() => NetlinkFd.open(31)).toThrow("EPROTONOSUPPORT");
    expect(() => NetlinkFd.open(0, [9999])).toThrow("EINVAL");
    using socket = NetlinkFd.open(0);
    expect(() => socket.send(new Uint8Array(0))).toThrow(RangeError);
  });

  test("throws on use after close and leaks nothing", () => {
    const before = openHandles();
    const socket = NetlinkFd.open(0);
    socket.close();
    expect(() => socket.receive(0)).toThrow("NetlinkFd is closed");
    expect(openHandles()).toBe(before);
  });
});
