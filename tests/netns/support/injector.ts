// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Lab, type Node, run, wireOf } from "@strait/lab";
import { type Mac, mac } from "@strait/model";

const ROOT = join(import.meta.dir, "..", "..", "..");
let compiled: Promise<string> | undefined;

/** Compiles send_frames.c once per process. */
function program(): Promise<string> {
  compiled ??= (async () => {
    const out = join(ROOT, "build", "netns");
    mkdirSync(out, { recursive: true });
    const path = join(out, `send_frames-${process.pid}`);
    await run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", join(import.meta.dir, "send_frames.c"), "-o", path]);
    return path;
  })();
  return compiled;
}

/**
 * Someone at the far end of a node's wire who can send any frame, from any address.
 *
 * @example
 * using wire = await Injector.open(lab, gw1, "wan");
 * await wire.send(ethernet(wire.nodeMac, packet));
 */
export class Injector {
  /** Of the node's own end. */
  readonly nodeMac: Mac;
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #taken: { read(): Promise<{ readonly done: boolean }> };

  private constructor(nodeMac: Mac, argv: readonly string[]) {
    this.nodeMac = nodeMac;
    this.#child = Bun.spawn([...argv], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#taken = this.#child.stdout.getReader();
  }

  static async open(lab: Lab, node: Node, segment: "cluster" | "wan"): Promise<Injector> {
    const { ends } = wireOf(lab, node, segment);
    const own = ends.find((end) => end.ns.name === node.ns.name);
    const far = ends.find((end) => end !== own);
    if (own === undefined || far === undefined) throw new RangeError(`${node.label} is at no end of its wire`);
    const [link] = JSON.parse(await run(["ip", "-n", own.ns.name, "-j", "link", "show", "dev", own.ifname])) as [
      { address: string },
    ];
    return new Injector(mac(link.address), ["nsenter", `--net=${far.ns.path}`, await program(), far.ifname]);
  }

  /** Sends one frame; resolves when the kernel has taken it. */
  async send(frame: Uint8Array): Promise<void> {
    this.#child.stdin.write(Uint8Array.of(frame.length >> 8, frame.length & 0xff));
    this.#child.stdin.write(frame);
    await this.#child.stdin.flush();
    const { done } = await this.#taken.read();
    if (done) throw new Error(`a frame of ${frame.length} bytes was not sent`);
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
