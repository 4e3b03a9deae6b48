// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import type { Place } from "../place.ts";
import type { Answer, Request } from "./protocol.ts";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

/** A request without its number. */
type Order = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

/**
 * The lab's side of one traffic program (traffic/program.ts): starts it inside a place and talks JSON lines with it.
 *
 * @example
 * using end = await TrafficDriver.start(pod);
 * const { sourceSeen } = await end.ask({ do: "udp", host: "10.2.0.2", size: 64, timeout: 500, tries: 3 });
 */
export class TrafficDriver {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #place: Place;
  #lastId = 0;

  private constructor(place: Place) {
    this.#place = place;
    this.#child = Bun.spawn(place.ns.argv([process.execPath, "--smol", PROGRAM]), {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  /** Starts the program; resolves when its sockets are bound. */
  static async start(place: Place): Promise<TrafficDriver> {
    const driver = new TrafficDriver(place);
    await new Promise<void>((resolve, reject) => {
      driver.#read(resolve).then(async () => {
        const reason = `the traffic program in ${place.label} ended: ${await driver.#child.stderr.text()}`;
        reject(new Error(reason));
        for (const [id, answered] of driver.#waiting) answered({ id, ok: false, reason });
      }, reject);
    });
    return driver;
  }

  /** Sends an order; resolves with its answer, `ok: false` and a reason where the traffic did not get through. */
  ask(order: Order): Promise<Answer> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) {
        return resolve({ id, ok: false, reason: `the traffic program in ${this.#place.label} has ended` });
      }
      this.#waiting.set(id, resolve);
      this.#child.stdin.write(`${JSON.stringify({ ...order, id })}\n`);
      this.#child.stdin.flush();
    });
  }

  /** Ends the program. */
  close(): void {
    this.#child.kill("SIGKILL");
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #read(ready: () => void): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer | { readonly ready: true };
        if ("ready" in answer) {
          ready();
          continue;
        }
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    }
  }
}
