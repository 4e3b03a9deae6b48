// SPDX-License-Identifier: Apache-2.0
import { IcmpSocket, KernelError } from "@strait/ffi";
import { type Address, type Family, formatAddress, ok, type Result, refuse } from "@strait/model";
import { decodeEchoReply, encodeEcho } from "./echo.ts";

/** One echo request. */
export interface Ping {
  readonly to: Address;
  /** Source address; the kernel's choice where absent. */
  readonly from?: Address;
  /** Comes back with the answer: 0 to 2^32 - 1. */
  readonly key: number;
}

/** Sends echo requests and tells which were answered. */
export interface Pinger {
  /** Sends one, or says why this node cannot. */
  ping(ping: Ping): Promise<Result<true>>;
  close(): void;
}

/** "strait" and the version of the payload. */
const MAGIC = new TextEncoder().encode("strait\x00\x01");

/**
 * Echo requests over raw sockets, one for each family, opened with the first request of that family and again after an error.
 * A secret of this process in every payload tells its answers from other processes' and from forged ones.
 *
 * @param answered is told the key of every request that came back; at most once each is not promised (networks duplicate).
 * @example
 * const pinger = openPinger((key) => prober.answered(key));
 * await pinger.ping({ to: address("10.2.0.1"), from: address("10.1.0.1"), key: 1 });
 */
export function openPinger(answered: (key: number) => void): Pinger {
  const secret = crypto.getRandomValues(new Uint8Array(16));
  const sockets = new Map<Family, Promise<IcmpSocket>>();
  let closed = false;

  const heard = (family: Family, packet: Uint8Array): void => {
    const payload = decodeEchoReply(family, packet)?.payload;
    if (payload?.length !== MAGIC.length + secret.length + 4) return;
    if (!MAGIC.every((byte, i) => payload[i] === byte)) return;
    if (!secret.every((byte, i) => payload[MAGIC.length + i] === byte)) return;
    answered(new DataView(payload.buffer, payload.byteOffset).getUint32(MAGIC.length + secret.length));
  };
  const open = (family: Family): Promise<IcmpSocket> => {
    const fresh = IcmpSocket.open(family, {
      data: (packet) => heard(family, packet),
      lost: () => sockets.delete(family),
    });
    fresh.catch(() => sockets.delete(family)); // The next request tries again.
    sockets.set(family, fresh);
    return fresh;
  };
  return {
    async ping({ to, from, key }) {
      const payload = new Uint8Array([...MAGIC, ...secret, 0, 0, 0, 0]);
      new DataView(payload.buffer).setUint32(MAGIC.length + secret.length, key);
      // Flows are spread by the identifier too: a new one with each request lets probes take every way there is in turn.
      const message = encodeEcho(to.family, { id: key & 0xffff, sequence: key >>> 16, payload });
      try {
        const socket = await (sockets.get(to.family) ?? open(to.family));
        if (closed) socket.close();
        if (closed) return refuse("the pinger is closed");
        socket.send(message, from ? { to, from } : { to });
        return ok(true);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        return refuse(`cannot ping ${formatAddress(to)}${from ? ` from ${formatAddress(from)}` : ""}: ${error.errnoName}`);
      }
    },
    close() {
      closed = true;
      for (const socket of sockets.values()) socket.then((open) => open.close()).catch(() => {});
      sockets.clear();
    },
  };
}
