// SPDX-License-Identifier: Apache-2.0

import { dlopen } from "bun:ffi";
import { afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { describeIf } from "@strait/testkit";
import { openHandles } from "./handle.ts";
import type { KernelError } from "./kernel_error.ts";
import { listenNetlink } from "./listen_netlink.ts";
import { NetlinkFd } from "./netlink_fd.ts";
import { ownVeth, unfit } from "./testing/place.ts";

const RTNLGRP_LINK = 1;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;

describeIf(unfit)("listenNetlink", () => {
  let handles = 0;
  let descriptors = 0;
  // The first socket and the first child of a process make Bun open descriptors that it keeps.
  beforeAll(async () => {
    using socket = NetlinkFd.open(0, [RTNLGRP_LINK]);
    const { closed, listening } = await record(socket);
    ownVeth()[Symbol.dispose]();
    listening.close();
    await closed;
  });
  beforeEach(() => {
    handles = openHandles();
    descriptors = readdirSync("/proc/self/fd").length;
  });
  afterEach(async () => {
    expect(openHandles()).toBe(handles);
    while (readdirSync("/proc/self/fd").length > descriptors) await new Promise<void>((resolve) => setImmediate(resolve));
  });

  /** Listens and remembers; `until` waits for what was received to satisfy a condition. */
  async function record(socket: NetlinkFd) {
    const types: number[] = [];
    let wake = () => {};
    const closed = Promise.withResolvers<KernelError | undefined>();
    const listening = await listenNetlink(socket, {
      data(datagram) {
        // One message each: a notification comes alone in its datagram.
        const view = new DataView(datagram.buffer);
        if (view.getUint32(0, true) === datagram.length) types.push(view.getUint16(4, true));
        wake();
      },
      closed: (error) => closed.resolve(error),
    });
    const until = async (enough: () => boolean) => {
      while (!enough()) await new Promise<void>((resolve) => (wake = resolve));
    };
    return { types, until, closed: closed.promise, listening };
  }

  test("wakes up for what the kernel says, datagram by datagram", async () => {
    using socket = NetlinkFd.open(0, [RTNLGRP_LINK]);
    const { types, until, listening } = await record(socket);
    ownVeth()[Symbol.dispose]();
    await until(() => types.includes(RTM_DELLINK));
    expect(types[0]).toBe(RTM_NEWLINK);
    listening.close();
  });

  test("tells of its end, and the socket is usable afterwards", async () => {
    using socket = NetlinkFd.open(0, [RTNLGRP_LINK]);
    const { closed, listening } = await record(socket);
    listening.close();
    expect(await closed).toBeUndefined();
    expect(socket.port).toBeGreaterThan(0);
    ownVeth()[Symbol.dispose]();
    expect(socket.receive(1000)).toBeDefined();
  });

  test("reports notifications that were lost as ENOBUFS", async () => {
    using socket = NetlinkFd.open(0, [RTNLGRP_LINK]);
    shrink(socket.fd);
    const { closed } = await record(socket);
    // No await in between, so nothing is read until the buffer has run over.
    for (let round = 0; round < 3; round++) ownVeth()[Symbol.dispose]();
    expect((await closed)?.errnoName).toBe("ENOBUFS");
  });

  test("takes no processor time while nothing comes", async () => {
    using socket = NetlinkFd.open(0, [2]); // RTNLGRP_NOTIFY, which no kernel uses
    const { listening } = await record(socket);
    const before = process.cpuUsage();
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 10));
    const { user, system } = process.cpuUsage(before);
    listening.close();
    // A loop that spins takes a whole core: at least the 200 ms that 20 turns last. Generous, so that load cannot fail it.
    expect(user + system).toBeLessThan(150_000);
  });
});

/** SO_RCVBUF down to the kernel's minimum. */
function shrink(fd: number): void {
  const { symbols } = dlopen("libc.so.6", { setsockopt: { args: ["i32", "i32", "i32", "buffer", "u32"], returns: "i32" } });
  if (symbols.setsockopt(fd, 1, 8, new Int32Array([1]), 4) !== 0) throw new Error("setsockopt failed");
}
