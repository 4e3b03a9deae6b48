// SPDX-License-Identifier: Apache-2.0
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { cidr, contains, type Listen, ok, parseAddress, type Result, refuse } from "@strait/model";
import type { Hono } from "hono";

/** A listening server. */
export interface StatusServer {
  /** Where it answers, as a config file names it: "127.0.0.1:8080", "unix:/run/strait/gateway.sock". */
  readonly at: string;
  /** Ends it at once, open requests included; a socket file is removed. */
  stop(): Promise<void>;
}

const LOOPBACK = [cidr("127.0.0.0/8"), cidr("::1/128")];

/**
 * Serves on loopback or a Unix socket (mode 0660). Nothing else is allowed: the answers tell a node's whole network. A socket file
 * that nobody answers on any more is replaced.
 *
 * @returns the refusal where the place is not loopback, is taken, or cannot be listened on.
 * @example
 * const server = await serveStatus(statusApp(sources), { kind: "unix", path: "/run/strait/gateway.sock" });
 */
export async function serveStatus(app: Hono, listen: Listen): Promise<Result<StatusServer>> {
  const at = formatListen(listen);
  const fetch = (request: Request): Response | Promise<Response> => app.fetch(request);
  try {
    if (listen.kind === "tcp") {
      const hostname = loopback(listen.host);
      if (!hostname)
        return refuse(`listen ${at} is not on loopback: write 127.0.0.1:${listen.port} or unix:/run/strait/NAME.sock`);
      const server = Bun.serve({ hostname, port: listen.port, fetch });
      return ok({ at: listen.port === 0 ? `${listen.host}:${server.port}` : at, stop: () => server.stop(true) });
    }
    const taken = await claim(listen.path);
    if (taken) return refuse(taken);
    const server = Bun.serve({ unix: listen.path, fetch });
    chmodSync(listen.path, 0o660);
    return ok({ at, stop: () => server.stop(true) });
  } catch (error) {
    return refuse(`cannot listen on ${at}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As the config file writes it. */
export function formatListen(listen: Listen): string {
  if (listen.kind === "unix") return `unix:${listen.path}`;
  return listen.host.includes(":") ? `[${listen.host}]:${listen.port}` : `${listen.host}:${listen.port}`;
}

/** The loopback address a host names; a name other than localhost is not looked up, for the answer could change. */
function loopback(host: string): string | undefined {
  if (host === "localhost") return "127.0.0.1";
  const parsed = parseAddress(host.replace(/^\[(.*)\]$/, "$1"));
  if (!parsed.ok) return undefined;
  return LOOPBACK.some((prefix) => contains(prefix, parsed.value)) ? host.replace(/^\[(.*)\]$/, "$1") : undefined;
}

/** Makes the path free for a socket; the reason where it is not ours to take. */
async function claim(path: string): Promise<string | undefined> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return undefined;
  if (!there.isSocket()) return `${path} exists and is no socket: remove it or listen elsewhere`;
  if (await answers(path)) return `another process answers on ${path}: stop it or listen elsewhere`;
  rmSync(path, { force: true });
  return undefined;
}

function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once("connect", () => resolve(true));
  socket.once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
