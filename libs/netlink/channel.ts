// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import type { NetlinkMessage } from "./message.ts";
import type { NetlinkSocket } from "./netlink_socket.ts";

/** What the calls of this package share: the socket, and whom to tell about records that cannot be read. */
export interface Channel {
  readonly socket: NetlinkSocket;
  /** Told about each record left out of a list, such as a route to an IPv4-mapped IPv6 prefix, which our types cannot hold. */
  readonly unreadable: (reason: string) => void;
}

/** Decodes the messages of one type; what cannot be read is left out and told. */
export function readAll<T>(
  channel: Channel,
  messages: readonly NetlinkMessage[],
  type: number,
  decode: (payload: Uint8Array) => Result<T>,
): T[] {
  const out: T[] = [];
  for (const message of messages) {
    if (message.type !== type) continue;
    const decoded = decode(message.payload);
    if (decoded.ok) out.push(decoded.value);
    else channel.unreadable(decoded.reason);
  }
  return out;
}
