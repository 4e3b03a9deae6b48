// SPDX-License-Identifier: Apache-2.0
import type { Api, CallOptions, Json } from "./api.ts";

export interface Event {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: Json;
}

/** A watch whose events are read one after the other. */
export class Watch {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #abort: AbortController;
  readonly #decoder = new TextDecoder();
  #rest = "";

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#abort = abort;
  }

  /** Opens a watch; throws where the server answers anything but 200. */
  static async open(api: Api, path: string, query: NonNullable<CallOptions["query"]> = {}, accept?: string): Promise<Watch> {
    const abort = new AbortController();
    const options = { query: { watch: 1, ...query }, signal: abort.signal, ...(accept === undefined ? {} : { accept }) };
    const answer = await api.fetch("GET", path, undefined, options);
    if (answer.status !== 200 || answer.body === null) throw new Error(`watch ${path}: ${answer.status} ${await answer.text()}`);
    return new Watch(answer.body, abort);
  }

  /** The next event; undefined where the server ended the watch. Throws after `limitMs`. */
  async next(limitMs = 10_000): Promise<Event | undefined> {
    const late = setTimeout(() => this.#abort.abort(new Error(`no event within ${limitMs} ms`)), limitMs);
    try {
      for (;;) {
        const end = this.#rest.indexOf("\n");
        if (end >= 0) {
          const line = this.#rest.slice(0, end);
          this.#rest = this.#rest.slice(end + 1);
          return JSON.parse(line) as Event;
        }
        const { done, value } = await this.#chunks.next();
        if (done) return undefined;
        this.#rest += this.#decoder.decode(value, { stream: true });
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** The next `count` events as "TYPE name". Bookmarks are passed over. */
  async names(count: number): Promise<string[]> {
    const seen: string[] = [];
    while (seen.length < count) {
      const event = await this.next();
      if (event === undefined) break;
      if (event.type !== "BOOKMARK") seen.push(`${event.type} ${event.object.metadata?.name ?? event.object.code}`);
    }
    return seen;
  }

  /** Every event until the server ends the watch. */
  async rest(): Promise<Event[]> {
    const seen: Event[] = [];
    for (let event = await this.next(); event !== undefined; event = await this.next()) seen.push(event);
    return seen;
  }

  end(): void {
    this.#abort.abort();
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
