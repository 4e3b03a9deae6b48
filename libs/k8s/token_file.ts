// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";

/**
 * A small text file whose contents somebody else replaces (Kubernetes renews a pod's token every hour). Looked at on every use,
 * read only when it changed.
 *
 * @example
 * new TokenFile("/var/run/secrets/kubernetes.io/serviceaccount/token").read()
 */
export class TokenFile {
  readonly path: string;
  #seen = "";
  #text = "";

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The present text without white space around it. Where the file cannot be read but could before, the last text stands.
   *
   * @throws Error with one sentence where it was never readable.
   */
  read(): string {
    try {
      const { mtimeMs, ino, size } = statSync(this.path);
      const seen = `${mtimeMs} ${ino} ${size}`;
      if (seen === this.#seen) return this.#text;
      const text = readFileSync(this.path, "utf8").trim();
      // An empty file is one that is being written.
      if (text === "" && this.#text !== "") return this.#text;
      this.#text = text;
      this.#seen = seen;
      return text;
    } catch (error) {
      if (this.#text !== "") return this.#text;
      throw new Error(`${this.path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    }
  }
}
