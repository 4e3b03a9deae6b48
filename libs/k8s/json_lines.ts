// SPDX-License-Identifier: Apache-2.0

/** Said by {@link JsonLines} where a line is longer than allowed. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

const NEWLINE = 10;

/**
 * Cuts a stream of bytes into lines and parses each as JSON, whatever pieces the bytes come in. Keeps at most one unfinished line.
 *
 * @example
 * const lines = new JsonLines(16 << 20);
 * for await (const chunk of body) for (const value of lines.push(chunk)) use(value);
 */
export class JsonLines {
  readonly #most: number;
  #pieces: Uint8Array[] = [];
  #size = 0;
  readonly #decoder = new TextDecoder();

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the stream stopped inside a line. */
  get unfinished(): boolean {
    return this.#size > 0;
  }

  /**
   * The values of the lines that are complete now.
   *
   * @throws SyntaxError where a line is no JSON, LineTooLong where one does not end.
   */
  push(chunk: Uint8Array): unknown[] {
    const values: unknown[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#take(chunk.subarray(start, end));
      if (line !== "") values.push(JSON.parse(line));
      start = end + 1;
    }
    if (start < chunk.byteLength) this.#keep(chunk.subarray(start));
    return values;
  }

  #keep(piece: Uint8Array): void {
    this.#grow(piece);
    // A copy: the stream may use the memory of its chunk again, and a few bytes must not hold on to all of it.
    this.#pieces.push(piece.slice());
  }

  #take(last: Uint8Array): string {
    if (this.#size === 0) {
      this.#grow(last);
      this.#size = 0;
      return this.#decoder.decode(last);
    }
    this.#grow(last);
    const line = this.#decoder.decode(Buffer.concat([...this.#pieces, last]));
    this.#pieces = [];
    this.#size = 0;
    return line;
  }

  #grow(piece: Uint8Array): void {
    this.#size += piece.byteLength;
    if (this.#size > this.#most) throw new LineTooLong(`a line is longer than ${this.#most} bytes`);
  }
}
