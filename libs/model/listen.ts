// SPDX-License-Identifier: Apache-2.0
import { parseAddress } from "./address.ts";
import { cidr, contains } from "./cidr.ts";
import type { Listen } from "./cluster_file.ts";
import { ok, type Result, refuse } from "./result.ts";

const LOOPBACK = [cidr("127.0.0.0/8"), cidr("::1/128")];

/**
 * Reads where an app answers: "127.0.0.1:8080", "[::1]:8080" or "unix:/run/strait/gateway.sock". Only loopback: what an app
 * tells is for its own machine.
 *
 * @example
 * parseListen("0.0.0.0:8080") // refused: not loopback
 */
export function parseListen(text: string): Result<Listen> {
  if (text.startsWith("unix:")) {
    const path = text.slice(5);
    // sun_path holds 108 bytes with its NUL (unix(7)).
    if (!path.startsWith("/")) return refuse(`listen "${text}" has a relative path: write unix:/absolute/path`);
    if (new TextEncoder().encode(path).length > 107)
      return refuse("the socket's path is longer than 107 bytes: use a shorter one");
    return ok({ kind: "unix", path });
  }
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined)
    return refuse(`"${text.slice(0, 64)}" is no place to listen: write 127.0.0.1:8080 or unix:/absolute/path`);
  const port = Number(match?.[3]);
  if (port < 1 || port > 65535) return refuse(`port ${port} is out of range: use 1 to 65535`);
  const parsed = parseAddress(host);
  if (!parsed.ok) return parsed;
  if (!LOOPBACK.some((range) => contains(range, parsed.value))) return refuse(`${host} is not loopback: use 127.0.0.1 or [::1]`);
  return ok({ kind: "tcp", host, port });
}
