// SPDX-License-Identifier: Apache-2.0
/**
 * What the host and the guest's agent say to each other over the virtio port: one JSON object a line.
 *
 * @module
 */

/** From the host: run a program, or end one. */
export type Order =
  | {
      readonly kind: "run";
      readonly id: number;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly kind: "kill"; readonly id: number };

/** From the guest. `output` carries text as it comes; `exit` is the last word on an order (-1: killed by a signal or not started). */
export type Report =
  | { readonly kind: "ready"; readonly release: string; readonly bun: string }
  | { readonly kind: "output"; readonly id: number; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "exit"; readonly id: number; readonly exit: number };

/**
 * Cuts a stream of bytes into lines; bytes of one line, or of one character, may come in several pieces.
 *
 * @example
 * const lines = new LineReader();
 * for (const line of lines.push(bytes)) handle(JSON.parse(line));
 */
export class LineReader {
  #decoder = new TextDecoder();
  #rest = "";

  /** Takes the next bytes and returns the lines that became complete, without their line ends. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
