// SPDX-License-Identifier: Apache-2.0

/** The port everything happens on. Namespaces keep it from colliding. */
export const PORT = 7000;

/** What the server saw of what was sent. */
export interface Seen {
  readonly sha256: string;
  readonly peer: string;
  readonly bytes: number;
}

export type Request =
  | { readonly id: number; readonly do: "tcp"; readonly host: string; readonly bytes: number; readonly timeout: number }
  | {
      readonly id: number;
      readonly do: "udp";
      readonly host: string;
      readonly size: number;
      readonly timeout: number;
      readonly tries: number;
    }
  | { readonly id: number; readonly do: "flow"; readonly host: string; readonly size: number; readonly every: number }
  | { readonly id: number; readonly do: "stop"; readonly flow: number; readonly linger: number };

export type Answer =
  | { readonly id: number; readonly ok: true; readonly [key: string]: unknown }
  | { readonly id: number; readonly ok: false; readonly reason: string };

/** IPv4-mapped addresses are written as IPv4, since the sockets are dual-stack. */
export function plain(address: string): string {
  return address.replace(/^::ffff:/i, "");
}

/** The unspecified address of a host's family: a datagram socket must be bound in the family it connects in. */
export function anyOf(host: string): string {
  return host.includes(":") ? "::" : "0.0.0.0";
}
