// SPDX-License-Identifier: Apache-2.0
import type { Change } from "../store/stored_object.ts";
import type { WatchHub } from "./watch_hub.ts";

export interface WatchOptions {
  readonly hub: WatchHub;
  readonly resource: string;
  /** Lines of JSON (without their ends) to begin with, for example the present objects. */
  readonly first: Iterable<string>;
  /** Changes after this resourceVersion follow. */
  readonly from: number;
  /** What a change is to this watch; undefined where it does not concern it. */
  readonly lineOf: (change: Change) => string | undefined;
  /** Makes a bookmark; absent where the client asked for none. */
  readonly bookmark?: ((rv: number) => string) | undefined;
  readonly bookmarkMs: number;
  /** The line that ends a watch whose changes are forgotten. */
  readonly lost: (rv: number) => string;
  /** Whether the kind is still there; a watch of one that is not ends after its last change. */
  readonly served: () => boolean;
  /** Ends after this long. */
  readonly timeoutMs: number;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  /** The newest resourceVersion there is. */
  readonly revision: () => number;
}

const BATCH = 200;
const CHUNK_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/**
 * The body of a watch: JSON lines. It holds a position, not a queue: it is pulled as fast as the client reads, and a client that
 * stays behind the history gets an ERROR line with 410 and has to list again.
 */
export function watchStream(options: WatchOptions): ReadableStream<Uint8Array> {
  const { hub, resource, signal } = options;
  let first: Iterator<string> | undefined = options.first[Symbol.iterator]();
  let cursor = options.from;
  let ended = false;
  let bookmarkDue = false;
  let wake = () => {};
  const off = hub.subscribe(resource, () => wake());
  const stop = () => {
    ended = true;
    wake();
  };
  // The client goes on from a last bookmark without having to list.
  const timeout = setTimeout(() => {
    bookmarkDue = true;
    stop();
  }, options.timeoutMs);
  const bookmarks = setInterval(() => {
    bookmarkDue = true;
    wake();
  }, options.bookmarkMs);
  signal.addEventListener("abort", stop);
  const release = () => {
    ended = true;
    off();
    clearTimeout(timeout);
    clearInterval(bookmarks);
    signal.removeEventListener("abort", stop);
  };

  /** What can be said now; "" when there is nothing. */
  const next = (): string => {
    let text = "";
    while (first && text.length < CHUNK_BYTES) {
      const { value, done } = first.next();
      if (done)
        first = undefined; // what it held may be all objects there are
      else text += `${value}\n`;
    }
    while (!first && text.length < CHUNK_BYTES) {
      const changes = hub.after(resource, cursor, BATCH);
      if (!changes) {
        ended = true;
        return `${text}${options.lost(cursor)}\n`;
      }
      for (const change of changes) {
        const line = options.lineOf(change);
        if (line) text += `${line}\n`;
        cursor = change.rv;
      }
      if (changes.length < BATCH) {
        // Nothing of this resource up to the newest write: the position may move there.
        cursor = Math.max(cursor, options.revision());
        if (!options.served()) ended = true;
        break;
      }
    }
    if (bookmarkDue && !first) {
      bookmarkDue = false;
      if (options.bookmark) text += `${options.bookmark(cursor)}\n`;
    }
    return text;
  };

  const guarded = (say: () => string): string => {
    try {
      return say();
    } catch (error) {
      release();
      throw error;
    }
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const text = signal.aborted ? "" : guarded(next);
          if (text) controller.enqueue(encoder.encode(text));
          if (ended) {
            release();
            controller.close();
            return;
          }
          if (text) return;
          const woken = Promise.withResolvers<void>();
          wake = woken.resolve;
          await woken.promise;
          wake = () => {};
        }
      },
      cancel: () => {
        release();
        wake();
      },
    },
    { highWaterMark: 0 },
  );
}
