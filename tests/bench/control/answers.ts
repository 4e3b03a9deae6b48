// SPDX-License-Identifier: Apache-2.0
import type { KubePod } from "@strait/lab";

/** What a pod's program tells, times in nanoseconds of the monotonic clock; see first_packet.c. */
export interface Report {
  readonly name: string;
  readonly started: number;
  readonly answered: number;
}

/** How long a pod may take, in milliseconds. */
const LIMIT = 60_000;

/**
 * The program in the far pod, which hears from all others.
 *
 * @example
 * using answers = await Answers.start(program, pod, 7100);
 * const { started, answered } = await answers.of("p1");
 */
export class Answers implements Disposable {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #waiting = new Map<string, { readonly told: (report: Report) => void; readonly failed: (error: Error) => void }>();

  private constructor(child: Bun.Subprocess<"ignore", "pipe", "inherit">) {
    this.#child = child;
  }

  /** @throws Error where the program ends instead of listening */
  static async start(program: string, far: KubePod, port: number): Promise<Answers> {
    const argv = far.ns.argv([program, "serve", `${port}`]);
    const answers = new Answers(Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "inherit" }));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const ended = (error: Error): void => {
      reject(error);
      for (const { failed } of answers.#waiting.values()) failed(error);
    };
    answers.#read(resolve).then(() => ended(new Error(`${far.label}: what answers the pods has ended`)), ended);
    await promise;
    return answers;
  }

  /** What a pod will tell; rejects where it says nothing for a minute, and as soon as nobody is there to hear it. */
  of(name: string): Promise<Report> {
    const { promise, resolve, reject } = Promise.withResolvers<Report>();
    // Whoever asks before he makes the pod may fail at that, and never look at this.
    promise.catch(() => {});
    const timer = setTimeout(() => reject(new Error(`pod ${name} had no answer after ${LIMIT / 1000} s`)), LIMIT);
    const end = <T>(settle: (value: T) => void): ((value: T) => void) => {
      return (value) => {
        clearTimeout(timer);
        this.#waiting.delete(name);
        settle(value);
      };
    };
    this.#waiting.set(name, { told: end(resolve), failed: end(reject) });
    return promise;
  }

  async #read(ready: () => void): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const told = JSON.parse(line) as Report | { readonly ready: true };
        if ("ready" in told) ready();
        else this.#waiting.get(told.name)?.told(told);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
