// SPDX-License-Identifier: Apache-2.0
import { failure } from "./fake_answers.ts";
import type { FakeEvent, FakeObjects } from "./fake_objects.ts";

interface Watch {
  readonly send: (value: unknown) => void;
  readonly sendText: (text: string) => void;
  readonly end: () => void;
  readonly drop: () => void;
  stalled: boolean;
}

export interface WatchRequest {
  readonly from: number;
  readonly namespace: string | undefined;
  readonly expired: boolean;
  /** Ends by itself after so long; 0 never. */
  readonly seconds: number;
}

/** The open watches of a fake server, and what can befall them. */
export class FakeWatches {
  readonly #version: () => number;
  readonly #open = new Set<Watch>();
  /** Whether new watches say nothing from the start, as over a connection that is dead. */
  stallNew = false;

  constructor(version: () => number) {
    this.#version = version;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Ends all in good order. */
  end(): void {
    for (const watch of [...this.#open]) watch.end();
  }

  /** Breaks the connection of all. */
  drop(): void {
    for (const watch of [...this.#open]) watch.drop();
  }

  /** From now on the open ones say nothing and do not end, as when a firewall drops their packets. */
  stall(): void {
    for (const watch of this.#open) watch.stalled = true;
  }

  /** Tells all how far they are. */
  bookmark(version = this.#version()): void {
    const object = { kind: "Bookmark", metadata: { resourceVersion: String(version) } };
    for (const watch of this.#open) watch.send({ type: "BOOKMARK", object });
  }

  /** Says that the version is gone, inside of the watch as real servers do. */
  expire(): void {
    const status = { kind: "Status", status: "Failure", reason: "Expired", message: "too old resource version", code: 410 };
    for (const watch of [...this.#open]) {
      watch.send({ type: "ERROR", object: status });
      watch.end();
    }
  }

  /** Sends bytes as they are. */
  say(text: string): void {
    for (const watch of this.#open) watch.sendText(text);
  }

  /** Answers a request for a watch. */
  open(objects: FakeObjects, { from, namespace, expired, seconds }: WatchRequest): Response {
    if (expired) return failure(410, "Expired", `too old resource version: ${from}`);
    let close = () => {};
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const encoder = new TextEncoder();
        const tell = ({ type, object }: FakeEvent) => {
          if (namespace === undefined || object.metadata.namespace === namespace) watch.send({ type, object });
        };
        const off = objects.listen(tell);
        const timer = seconds > 0 ? setTimeout(() => watch.end(), seconds * 1000) : undefined;
        const forget = (finish: () => void) => () => {
          if (!this.#open.delete(watch)) return;
          off();
          clearTimeout(timer);
          finish();
        };
        const watch: Watch = {
          stalled: this.stallNew,
          send: (value) => watch.sendText(`${JSON.stringify(value)}\n`),
          sendText: (text) => {
            if (!watch.stalled) controller.enqueue(encoder.encode(text));
          },
          end: forget(() => controller.close()),
          drop: forget(() => controller.error(new Error("dropped"))),
        };
        close = forget(() => {});
        this.#open.add(watch);
        for (const event of objects.since(from)) tell(event);
      },
      cancel: () => close(),
    });
    return new Response(stream, { headers: { "content-type": "application/json" } });
  }
}
