// SPDX-License-Identifier: Apache-2.0
import { CommandError, type Workstation } from "../mod.ts";

/**
 * Types commands on a lab's workstation and shows them with what they print, as a user would see it.
 *
 * @example
 * await typist.type("kubectl --context east get nodes");
 */
export class Typist {
  readonly #workstation: Workstation;
  readonly #say: (text: string) => void;

  constructor(workstation: Workstation, say: (text: string) => void) {
    this.#workstation = workstation;
    this.#say = say;
  }

  /** Runs a command that must succeed; shows it, what it printed and how long it took. Returns its stdout. */
  async type(command: string): Promise<string> {
    const [result] = await this.typeAll([command]);
    return result ?? "";
  }

  /** The same for several commands at once, shown one after the other. Those that failed are shown too before it throws. */
  async typeAll(commands: readonly string[]): Promise<readonly string[]> {
    const results = await Promise.all(
      commands.map(async (command) => {
        const began = performance.now();
        const result = await this.#workstation.exec(["sh", "-c", command]);
        return { command, result, seconds: (performance.now() - began) / 1000 };
      }),
    );
    for (const { command, result, seconds } of results) {
      this.#say(`$ ${command}`);
      const text = `${result.stdout}${result.stderr}`.trimEnd();
      if (text !== "") this.#say(text.replaceAll(/^/gm, "  "));
      if (seconds >= 1) this.#say(`  (${seconds.toFixed(1)} s)`);
    }
    const failed = results.find(({ result }) => result.code !== 0);
    if (failed !== undefined) throw new CommandError([failed.command], failed.result);
    return results.map(({ result }) => result.stdout);
  }

  /** Puts a file into the workstation's home and shows that it is there. */
  async file(name: string, text: string): Promise<void> {
    await Bun.write(`${this.#workstation.home}/${name}`, text);
  }
}
