// SPDX-License-Identifier: Apache-2.0
import { type Listen, ok, type Result } from "@strait/model";
import { formatListen, type StatusServer, serveStatus, type statusApp } from "@strait/obs";

/**
 * The place where an app answers, which may move while it runs: the new place answers before the old one ends, and where the
 * new one cannot be had the old one stays.
 *
 * @example
 * const endpoint = new Endpoint(statusApp(sources));
 * await endpoint.moveTo({ kind: "unix", path: "/run/strait/gateway.sock" });
 * await endpoint.stop();
 */
export class Endpoint {
  readonly #app: ReturnType<typeof statusApp>;
  #server: StatusServer | undefined;
  #wanted: string | undefined;

  constructor(app: ReturnType<typeof statusApp>) {
    this.#app = app;
  }

  /** Where it answers now. */
  get at(): string | undefined {
    return this.#server?.at;
  }

  /** Answers there from now on; does nothing where it does already. */
  async moveTo(listen: Listen): Promise<Result<string>> {
    const wanted = formatListen(listen);
    if (this.#server && this.#wanted === wanted) return ok(this.#server.at);
    const served = await serveStatus(this.#app, listen);
    if (!served.ok) return served;
    const old = this.#server;
    this.#server = served.value;
    this.#wanted = wanted;
    await old?.stop();
    return ok(served.value.at);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }
}

/** Which app answers there, if one of ours does: asked over /status. */
export async function appAt(listen: Listen): Promise<string | undefined> {
  const signal = AbortSignal.timeout(2000);
  const where = listen.kind === "unix" ? "localhost" : formatListen(listen);
  try {
    const answer = await fetch(`http://${where}/status`, listen.kind === "unix" ? { unix: listen.path, signal } : { signal });
    const status: unknown = await answer.json();
    const app = typeof status === "object" && status !== null && "app" in status ? status.app : undefined;
    return typeof app === "string" ? app : undefined;
  } catch {
    return undefined;
  }
}

/** Where an app answers when neither file nor flag says. */
export function defaultListen(app: string): Listen {
  return { kind: "unix", path: `/run/strait/${app}.sock` };
}
