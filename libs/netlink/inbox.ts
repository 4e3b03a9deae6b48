// SPDX-License-Identifier: Apache-2.0
import type { NetlinkEvent } from "./event.ts";

/**
 * Events that have come and were not taken yet. At most `room` wait: more become one `resync`, because who is that far behind
 * reads everything anew anyway.
 *
 * @example
 * const inbox = new Inbox(2);
 * inbox.put(event);
 * await inbox.next(); // the event; undefined once ended and empty
 */
export class Inbox {
  readonly #room: number;
  #waiting: NetlinkEvent[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;

  constructor(room: number) {
    this.#room = room;
  }

  put(event: NetlinkEvent): void {
    if (this.#end) return;
    if (this.#waiting.length < this.#room) this.#waiting.push(event);
    else this.#waiting = [{ kind: "resync", reason: `more than ${this.#room} events were not taken in time` }];
    this.#wake?.();
  }

  /** No more events: what waits is forgotten; with an error, who waits is thrown that. */
  end(error?: unknown): void {
    if (this.#end) return;
    this.#end = error === undefined ? {} : { error };
    this.#waiting = [];
    this.#wake?.();
  }

  /** The next event, waited for; undefined after the end. One caller at a time. */
  async next(): Promise<NetlinkEvent | undefined> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event) return event;
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
    }
  }
}
