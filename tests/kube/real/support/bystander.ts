// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Node, outputSync } from "@strait/lab";

const PROGRAM = join(import.meta.dir, "bystander_program.ts");

/** What somebody else's programs have seen so far, all interfaces together, in packets. */
export interface Seen {
  readonly tcx: number;
  readonly clsact: number;
}

/**
 * Somebody else's BPF programs on interfaces of a node, by TCX and by clsact, who count and let pass.
 *
 * @example
 * using bystander = await Bystander.start(node, ["eth0"]);
 * const before = await bystander.seen();
 */
export class Bystander implements Disposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;
  readonly #node: Node;
  readonly #interfaces: readonly string[];

  private constructor(node: Node, interfaces: readonly string[]) {
    this.#node = node;
    this.#interfaces = interfaces;
    const pin = `${node.bpffs}/bystander`;
    this.#child = Bun.spawn(["nsenter", `--net=${node.ns.path}`, process.execPath, "run", PROGRAM, pin, ...interfaces], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#lines = linesOf(this.#child.stdout);
  }

  /** Resolves when it stands on all interfaces. */
  static async start(node: Node, interfaces: readonly string[]): Promise<Bystander> {
    const bystander = new Bystander(node, interfaces);
    await bystander.#next();
    return bystander;
  }

  async seen(): Promise<Seen> {
    this.#child.stdin.write("\n");
    this.#child.stdin.flush();
    return this.#next();
  }

  /** Takes its programs away, and nothing else. */
  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
    for (const name of this.#interfaces) {
      const filter = ["tc", "filter", "del", "dev", name, "ingress", "prio", "7"];
      outputSync(["nsenter", `--net=${this.#node.ns.path}`, ...filter]); // refused where the lab has gone already
    }
    rmSync(`${this.#node.bpffs}/bystander`, { force: true });
  }

  async #next(): Promise<Seen> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the bystander on ${this.#node.label} ended`);
    return JSON.parse(value) as Seen;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
