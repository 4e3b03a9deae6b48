// SPDX-License-Identifier: Apache-2.0
import { type Address, addressToBytes, type Family } from "@strait/model";
import { positiveInt } from "./args.ts";
import { FdHandle } from "./fd_handle.ts";
import { check, KernelError } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

/** What whoever owns a socket is told. */
export interface IcmpListener {
  /** One packet, a copy: IPv4 with its IP header, IPv6 without one, as the kernel gives them to raw sockets. */
  data(packet: Uint8Array): void;
  /** The last call where the socket ended by itself; `close()` is quiet. */
  lost(error: KernelError): void;
}

/** One message to send. */
export interface IcmpSend {
  readonly to: Address;
  /** The source; the kernel's choice where absent. KernelError EINVAL or ENODEV where it is no address of this node. */
  readonly from?: Address;
  /** The interface to leave by; the routes' choice where absent. */
  readonly ifindex?: number;
}

const NOWHERE = new Uint8Array(16);

/**
 * A raw ICMP socket of one family that sends what it is given and hears echo replies, read by Bun's own event loop as
 * `listenNetlink` is: no thread, no polling. The kernel fills in the checksum of ICMPv6, not that of ICMP.
 * Needs CAP_NET_RAW: KernelError EPERM without.
 *
 * @example
 * ```ts
 * using socket = await IcmpSocket.open(4, { data: (packet) => decodeEcho(4, packet), lost: console.error });
 * socket.send(encodeEcho(4, { id: 1, sequence: 1, token }), { to: address("10.2.0.1") });
 * ```
 */
export class IcmpSocket extends FdHandle {
  readonly family: Family;
  #reader: Bun.Socket | undefined;

  private constructor(fd: number, family: Family) {
    super("IcmpSocket", fd);
    this.family = family;
  }

  /** Opens a socket and begins to listen. Listening does not keep the process alive. */
  static async open(family: Family, listener: IcmpListener): Promise<IcmpSocket> {
    const what = `ICMP socket of IPv${family}`;
    const socket = new IcmpSocket(check(shim().strait_icmp_open(family), "open", what), family);
    try {
      const options: Bun.FdSocketOptions = {
        fd: check(shim().strait_duplicate(socket.fd), "duplicate", what),
        socket: {
          data: (_socket, bytes) => listener.data(bytes.slice()),
          close(_socket, error) {
            if (socket.closed) return;
            socket.close();
            const errno = (error as (Error & { errno?: number }) | undefined)?.errno ?? 0;
            listener.lost(new KernelError("receive from", what, errno, { cause: error }));
          },
          error: () => {}, // close follows, with the same error
        },
      };
      // Bun's types declare FdSocketOptions but forget the overload of connect that takes them.
      socket.#reader = await Bun.connect(options as unknown as Bun.UnixSocketOptions);
      socket.#reader.unref();
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Sends one ICMP message. KernelError ENETUNREACH, EHOSTUNREACH, EAGAIN (full queue) and the like. */
  send(message: Uint8Array, { to, from, ifindex = 0 }: IcmpSend): void {
    if (to.family !== this.family || (from && from.family !== this.family)) {
      throw new TypeError(`an ICMP socket of IPv${this.family} cannot send to or from the other family`);
    }
    const source = from ? addressToBytes(from) : NOWHERE;
    const where = positiveInt(ifindex, "ifindex");
    const sent = shim().strait_icmp_send(this.fd, this.family, addressToBytes(to), source, where, message, message.length);
    check(sent, "send to", `ICMP target of IPv${this.family}`);
  }

  protected override release(): void {
    this.#reader?.terminate();
    super.release();
  }
}
