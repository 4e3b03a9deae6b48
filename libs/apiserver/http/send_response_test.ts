// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { sendResponse } from "./send_response.ts";

const big = "x".repeat(5 << 20);

/** The other end: reads all, or takes the first piece and then nothing more. */
function otherEnd(reads: boolean) {
  let taken = 0;
  const end = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      taken += chunk.length;
      if (reads) done();
    },
  });
  Object.assign(end, { writeHead: () => end, flushHeaders: () => {} });
  return { outgoing: end as unknown as ServerResponse, taken: () => taken };
}

test("a big answer is sent whole to who reads", async () => {
  const { outgoing, taken } = otherEnd(true);
  await sendResponse(new Response(big), outgoing, false, 60_000);
  expect([taken(), outgoing.writableEnded]).toEqual([big.length, true]);
});

test("a big answer is dropped when the other end takes nothing any more", async () => {
  const { outgoing, taken } = otherEnd(false);
  await sendResponse(new Response(big), outgoing, false, 5);
  expect(outgoing.destroyed).toBe(true);
  expect(taken()).toBeLessThan(big.length);
  // No more of it waits in memory than one piece.
  expect(outgoing.writableLength).toBeLessThan(1 << 20);
});

test("a big answer ends when the other end goes away", async () => {
  const { outgoing } = otherEnd(false);
  const sent = sendResponse(new Response(big), outgoing, false, 60_000);
  outgoing.destroy();
  await sent;
  expect(outgoing.destroyed).toBe(true);
});

test("an answer to HEAD has no body", async () => {
  const { outgoing, taken } = otherEnd(true);
  await sendResponse(new Response(big), outgoing, true, 60_000);
  expect([taken(), outgoing.writableEnded]).toEqual([0, true]);
});

test("a stream is pulled only as far as the other end reads, and cancelled when that takes nothing any more", async () => {
  const { outgoing } = otherEnd(false);
  let pulled = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(100_000));
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  await sendResponse(new Response(body, { headers: { "x-strait-stream": "1" } }), outgoing, false, 5);
  expect([cancelled, outgoing.destroyed, pulled]).toEqual([true, true, 1]);
});
