// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NodeStatus } from "./node_status.ts";
import { configText } from "./testing/config_text.ts";

const program = fileURLToPath(new URL("testing/fake_app.ts", import.meta.url));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start() {
  const dir = mkdtempSync(join(tmpdir(), "st-process-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  const config = join(dir, "strait.yaml");
  const socket = join(dir, "gateway.sock");
  const text = (more = ""): string => configText({ listen: `unix:${socket}`, more });
  writeFileSync(config, text());
  const child = Bun.spawn([process.execPath, "run", program, "--config", config], { stdout: "ignore", stderr: "pipe" });
  cleanups.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const get = (path: string): Promise<Response> => fetch(`http://localhost${path}`, { unix: socket });
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds().catch(() => false))) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${await new Response(child.stderr).text()}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const status = async (): Promise<NodeStatus> => (await get("/status")).json() as Promise<NodeStatus>;
  await until(async () => (await get("/readyz")).ok);
  return { child, config, socket, text, until, status };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`an app's process ends with 0 on ${signal}, says so and leaves no socket`, async () => {
    const { child, socket } = await start();
    child.kill(signal);
    expect(await child.exited).toBe(0);
    expect(existsSync(socket)).toBe(false);
    expect(await new Response(child.stderr).text()).toContain(`msg="stopping; the node goes on forwarding" signal=${signal}\n`);
  });
}

test("an app's process outlives SIGHUP and reads its config again", async () => {
  const { child, config, text, until, status } = await start();
  writeFileSync(config, text("nonsense: 1\n"));
  child.kill("SIGHUP");
  await until(async () => !(await status()).config.ok);
  expect(child.exitCode).toBeNull();
});

test("an app's process sees a file that is replaced by renaming, with no signal", async () => {
  const { config, text, until, status } = await start();
  writeFileSync(`${config}.new`, text("mtu: 1400\n"));
  renameSync(`${config}.new`, config);
  await until(async () => (await status()).hops[0]?.mtu === 1350);
});
