// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import type { ApiRequest } from "@strait/k8s";
import type { Namespace } from "../namespace.ts";

const PROGRAM = fileURLToPath(new URL("api_program.ts", import.meta.url));

/** An API server refused what a test or the demo asked of it. `status` is absent where it gave no answer. */
export class RelayError extends Error {
  override readonly name = "RelayError";
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.status = status;
  }
}

type Reply = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status?: number; readonly reason: string }
);

/**
 * Requests to the API servers of a lab from outside of it, by a program on the workstation: milliseconds each, where `kubectl`
 * takes a fraction of a second.
 *
 * @example
 * await relay.request(workstation.kubeconfig("east"), { method: "GET", path: "/api/v1/nodes" });
 */
export class ApiRelay {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  constructor(ns: Namespace) {
    this.#child = Bun.spawn(ns.argv([process.execPath, "run", PROGRAM]), { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#child.unref();
    void this.#read();
  }

  /** The JSON of an answer; throws {@link RelayError}. */
  async request(kubeconfig: string, request: Omit<ApiRequest, "signal">): Promise<unknown> {
    const id = ++this.#lastId;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin.write(`${JSON.stringify({ id, kubeconfig, request })}\n`);
      this.#child.stdin.flush();
    });
    if (!reply.ok) throw new RelayError(reply.reason, reply.status);
    return reply.value;
  }

  /** Ends the program. */
  close(): void {
    this.#child.kill("SIGKILL");
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const reply = JSON.parse(line) as Reply;
        this.#waiting.get(reply.id)?.(reply);
        this.#waiting.delete(reply.id);
      }
    }
    for (const [id, answered] of this.#waiting) answered({ id, ok: false, reason: "the relay on the workstation has ended" });
  }
}
