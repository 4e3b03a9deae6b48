// SPDX-License-Identifier: Apache-2.0
import { positiveInt, u32 } from "./args.ts";
import { FdHandle } from "./fd_handle.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

const EAGAIN = -11;
/** The kernel never makes a datagram larger than the reader's buffer for dumps, and 32 KiB suits it best (linux/netlink.h). */
const ROOM = 1 << 16;

/**
 * A netlink socket: datagrams to and from the kernel, of which this class knows nothing (libs/netlink does). Extended-ack
 * texts and strict dump filters are switched on. For notifications see `listenNetlink`.
 *
 * @example
 * ```ts
 * using socket = NetlinkFd.open(0);
 * socket.send(request);
 * const answer = socket.receive(1000);
 * ```
 */
export class NetlinkFd extends FdHandle {
  readonly #room = new Uint8Array(ROOM);

  private constructor(fd: number) {
    super("NetlinkFd", fd);
  }

  /**
   * @param protocol NETLINK_ROUTE is 0, NETLINK_GENERIC 16 (linux/netlink.h).
   * @param groups multicast groups by number (RTNLGRP_LINK is 1, linux/rtnetlink.h), not as a bit mask.
   */
  static open(protocol: number, groups: readonly number[] = []): NetlinkFd {
    const list = new Uint32Array([...groups.map((group) => u32(group, "netlink group")), 0]);
    const fd = shim().strait_netlink_open(positiveInt(protocol, "netlink protocol"), list, groups.length);
    return new NetlinkFd(check(fd, "open", `netlink socket of protocol ${protocol}`));
  }

  /** The port id the kernel gave this socket: `nlmsg_pid` of what is meant for it. */
  get port(): number {
    const out = new Uint32Array(1);
    check(shim().strait_netlink_port(this.fd, out), "read the port of", "netlink socket");
    return out[0] ?? 0;
  }

  /** Sends one datagram (one or more messages) to the kernel. */
  send(bytes: Uint8Array): void {
    if (bytes.length === 0) throw new RangeError("a netlink datagram cannot be empty");
    check(shim().strait_netlink_send(this.fd, bytes, bytes.length), "send to", "the kernel by netlink");
  }

  /**
   * One datagram from the kernel, a copy. Blocks the process for up to `timeoutMs` (0: not at all); undefined if none came.
   * KernelError ENOBUFS: notifications were lost. What other processes send is passed over.
   */
  receive(timeoutMs: number): Uint8Array | undefined {
    const length = shim().strait_netlink_receive(this.fd, this.#room, ROOM, positiveInt(timeoutMs, "timeoutMs"));
    if (length === EAGAIN) return undefined;
    return this.#room.slice(0, check(length, "receive from", "the kernel by netlink"));
  }
}
