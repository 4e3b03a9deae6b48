// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { connect } from "./connect.ts";
import { listen } from "./listen.ts";
import { parseResult, plainAddress } from "./protocol.ts";

function listening(id: string) {
  const { promise, resolve } = Promise.withResolvers<number>();
  const result = listen({ id, host: "127.0.0.1", port: 0, timeoutMs: 10_000, onReady: resolve });
  return promise.then((port) => ({ port, result }));
}

const at = { host: "127.0.0.1", attempts: 1, timeoutMs: 5000 };

test("listener and connector learn each other's id, the size and the source", async () => {
  const { port, result } = await listening("L");
  const connector = await connect({ ...at, id: "C", port, bytes: 300_000 });
  expect(connector).toEqual({ ok: true, id: "C", peer: "L", bytes: 300_000, source: "127.0.0.1" });
  expect(await result).toEqual({ ok: true, id: "L", peer: "C", bytes: 300_000, source: "127.0.0.1" });
});

test("listener drops who speaks something else and still serves the connector", async () => {
  const { port, result } = await listening("L");
  const closed = Promise.withResolvers<void>();
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write("GET / HTTP/1.1\r\n\r\n"),
      data: () => undefined,
      close: () => closed.resolve(),
    },
  });
  await closed.promise;
  expect((await connect({ ...at, id: "C", port, bytes: 10 })).ok).toBe(true);
  expect((await result).peer).toBe("C");
});

test("listener that nobody visits says so", async () => {
  expect(await listen({ id: "L", host: "127.0.0.1", port: 0, timeoutMs: 20 })).toEqual({
    ok: false,
    id: "L",
    reason: "nobody came within 0.02 s",
  });
});

test("connector says why it was refused, and how often it tried", async () => {
  const { port, result } = await listening("L");
  await connect({ ...at, id: "C", port, bytes: 1 });
  await result; // the port is free now, and nobody listens
  const outcome = await connect({ ...at, id: "C", port, bytes: 1, attempts: 2, timeoutMs: 50 });
  expect(outcome.ok).toBe(false);
  expect(outcome.reason).toContain("2 attempts of 0.05 s");
});

test.each([
  ['{"ok":true,"id":"a","peer":"b"}', true],
  ['a log line\n{"ok":false,"id":"a","reason":"nobody came"}\n', true],
  ["", false],
  ["panic", false],
  ['{"id":"a"}', false],
])("parseResult of %p is accepted: %p", (message, accepted) => {
  expect(parseResult(message).ok).toBe(accepted);
});

test("plainAddress takes IPv4 out of an IPv4-mapped address and leaves IPv6 alone", () => {
  expect([plainAddress("::ffff:10.1.0.5"), plainAddress("fd01::5")]).toEqual(["10.1.0.5", "fd01::5"]);
});
