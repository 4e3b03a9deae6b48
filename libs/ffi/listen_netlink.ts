// SPDX-License-Identifier: Apache-2.0
import { Handle } from "./handle.ts";
import { check, KernelError } from "./kernel_error.ts";
import type { NetlinkFd } from "./netlink_fd.ts";
import { shim } from "./symbols.ts";

/** What a listener is told. */
export interface NetlinkListener {
  /** One datagram, a copy. */
  data(datagram: Uint8Array): void;
  /** The last call: after `close()`, or with an error. ENOBUFS: notifications were lost, so listen anew and read everything. */
  closed(error?: KernelError): void;
}

/** A socket being listened to. Closing it ends the listening; the socket itself stays open. */
export class NetlinkListening extends Handle {
  readonly #reader: Bun.Socket;

  /** Use {@linkcode listenNetlink}. */
  constructor(reader: Bun.Socket) {
    super("NetlinkListening");
    this.#reader = reader;
  }

  /** Whether listening keeps the process alive; it does at first. */
  keepAlive(yes: boolean): void {
    this.guard();
    if (yes) this.#reader.ref();
    else this.#reader.unref();
  }

  protected release(): void {
    this.#reader.terminate();
  }
}

/**
 * Has Bun's own event loop read a netlink socket: no thread, no polling. Bun takes a descriptor of any socket and reads it
 * datagram by datagram (proven in listen_netlink_test.ts); it gets a duplicate, so that both sides close for themselves.
 * Only root can send to a NETLINK_ROUTE socket besides the kernel, so senders are not looked at.
 *
 * @example
 * ```ts
 * using socket = NetlinkFd.open(0, [1]);
 * using listening = await listenNetlink(socket, { data: console.log, closed: console.error });
 * ```
 */
export async function listenNetlink(socket: NetlinkFd, listener: NetlinkListener): Promise<NetlinkListening> {
  let listening: NetlinkListening | undefined;
  const options: Bun.FdSocketOptions = {
    fd: check(shim().strait_duplicate(socket.fd), "duplicate", "netlink socket"),
    socket: {
      data: (_socket, bytes) => listener.data(bytes.slice()),
      close(_socket, error) {
        listening?.close();
        listener.closed(error instanceof Error ? asKernelError(error) : undefined);
      },
      error: () => {}, // close follows, with the same error
    },
  };
  // Bun's types declare FdSocketOptions but forget the overload of connect that takes them.
  listening = new NetlinkListening(await Bun.connect(options as unknown as Bun.UnixSocketOptions));
  return listening;
}

function asKernelError(error: Error & { errno?: number }): KernelError {
  return new KernelError("receive from", "the kernel by netlink", error.errno ?? 0, { cause: error });
}
