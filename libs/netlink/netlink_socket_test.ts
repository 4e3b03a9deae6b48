// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { KernelError, openHandles } from "@strait/ffi";
import { NETLINK, RTM } from "./constants.ts";
import { encodeIfinfo } from "./link_request.ts";
import { NetlinkSocket } from "./netlink_socket.ts";
import { inOwnNamespace } from "./testing/own_namespace.ts";

const purpose = { verb: "try", object: "something" };

inOwnNamespace(import.meta.path, () => {
  test("a socket answers again after the kernel refused something", () => {
    using socket = new NetlinkSocket();
    for (let round = 0; round < 3; round++) {
      expect(() => socket.request(purpose, RTM.GETLINK, 0, encodeIfinfo(9999))).toThrow(/^cannot try something: ENODEV/);
      expect(socket.dump(purpose, RTM.GETLINK, encodeIfinfo(0)).length).toBeGreaterThan(0);
    }
  });

  test("a message type nobody knows is a KernelError", () => {
    using socket = new NetlinkSocket();
    expect(() => socket.request(purpose, 0x1234, 0, new Uint8Array(16))).toThrow(KernelError);
  });

  test("a closed socket is a TypeError, closing twice is fine and nothing leaks", () => {
    const before = openHandles();
    const socket = new NetlinkSocket();
    socket.close();
    socket.close();
    expect(() => socket.dump(purpose, RTM.GETLINK, encodeIfinfo(0))).toThrow(TypeError);
    expect(openHandles()).toBe(before);
  });

  test("generic netlink answers over the same class", () => {
    using socket = new NetlinkSocket(NETLINK.GENERIC);
    const CTRL = 0x10;
    const GETFAMILY = Uint8Array.of(3, 1, 0, 0);
    expect(socket.dump(purpose, CTRL, GETFAMILY).length).toBeGreaterThan(0);
  });

  test("a protocol the kernel does not have is a KernelError", () => {
    expect(() => new NetlinkSocket(31)).toThrow(/EPROTONOSUPPORT/);
  });
});
