// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { formatListen, type StatusServer, serveStatus } from "./status_server.ts";

const app = new Hono().get("/healthz", (c) => c.text("ok\n"));
const open: StatusServer[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "st-obs-"));
  folders.push(made);
  return made;
}

async function serve(listen: Parameters<typeof serveStatus>[1]) {
  const result = await serveStatus(app, listen);
  if (result.ok) open.push(result.value);
  return result;
}

test("a status server answers on loopback TCP and says its port", async () => {
  const result = await serve({ kind: "tcp", host: "127.0.0.1", port: 0 });
  if (!result.ok) throw new Error(result.reason);
  expect(result.value.at).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  expect(await (await fetch(`http://${result.value.at}/healthz`)).text()).toBe("ok\n");
});

test("a status server refuses every address that is not loopback", async () => {
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "fd01::1", "128.0.0.1", "example.com", ""]) {
    const result = await serve({ kind: "tcp", host, port: 0 });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining("is not on loopback") });
  }
});

test("a status server refuses a port that is taken, with one sentence", async () => {
  const first = await serve({ kind: "tcp", host: "127.0.0.1", port: 0 });
  if (!first.ok) throw new Error(first.reason);
  const second = await serve({ kind: "tcp", host: "127.0.0.1", port: Number(first.value.at.split(":")[1]) });
  expect(second).toMatchObject({ ok: false, reason: expect.stringContaining(`cannot listen on ${first.value.at}`) });
});

test("a status server on a Unix socket makes its folder, keeps others out and removes the socket at the end", async () => {
  const path = join(folder(), "run", "gateway.sock");
  const result = await serve({ kind: "unix", path });
  if (!result.ok) throw new Error(result.reason);
  expect(statSync(path).mode & 0o777).toBe(0o660);
  expect(await (await fetch("http://localhost/healthz", { unix: path })).text()).toBe("ok\n");
  await result.value.stop();
  expect(existsSync(path)).toBe(false);
});

test("a status server replaces a socket nobody answers on and leaves one that is in use", async () => {
  const path = join(folder(), "gateway.sock");
  const killed = Bun.spawnSync([
    process.execPath,
    "-e",
    `Bun.serve({unix: ${JSON.stringify(path)}, fetch: () => new Response()}); process.kill(process.pid, "SIGKILL")`,
  ]);
  expect(killed.signalCode).toBe("SIGKILL");
  expect(existsSync(path)).toBe(true);
  expect((await serve({ kind: "unix", path })).ok).toBe(true);
  expect(await serve({ kind: "unix", path })).toMatchObject({
    ok: false,
    reason: expect.stringContaining("another process answers"),
  });
});

test("a status server leaves a path alone that is no socket", async () => {
  const path = join(folder(), "precious");
  writeFileSync(path, "data");
  expect(await serve({ kind: "unix", path })).toMatchObject({ ok: false, reason: expect.stringContaining("is no socket") });
  expect(existsSync(path)).toBe(true);
});

test("formatListen writes what a config file says", () => {
  expect(formatListen({ kind: "tcp", host: "::1", port: 80 })).toBe("[::1]:80");
  expect(formatListen({ kind: "unix", path: "/x" })).toBe("unix:/x");
});
