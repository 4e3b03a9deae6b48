// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { output } from "@strait/lab";
import { buildRr } from "./build_rr.ts";

/** Starts the server on a free port and waits until it says that it listens. */
async function serve(rr: string, port: number): Promise<AsyncDisposable> {
  const child = Bun.spawn([rr, "serve", `${port}`], { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  for await (const _ready of child.stdout) break;
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return listener.port;
}

test("rr measures over both families and orders its percentiles", async () => {
  const rr = await buildRr();
  const port = freePort();
  await using _server = await serve(rr, port);
  for (const address of ["127.0.0.1", "::1"]) {
    const { code, stdout, stderr } = await output([rr, "ask", address, `${port}`, "0.2", "0.05"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { exchanges, samples, p50, p90, p99, p999 } = JSON.parse(stdout) as Record<string, number>;
    expect(exchanges).toBeGreaterThan(samples ?? Number.NaN);
    expect(samples).toBeGreaterThan(0);
    expect([p50, p90, p99, p999]).toEqual([p50, p90, p99, p999].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(p50).toBeGreaterThan(0);
  }
});

test("rr says why it cannot ask or spin", async () => {
  const rr = await buildRr();
  expect(await output([rr, "ask", "127.0.0.1", `${freePort()}`, "1", "0"])).toMatchObject({
    code: 1,
    stderr: "rr: connect: Connection refused\n",
  });
  expect(await output([rr, "spin", "1000"])).toMatchObject({ code: 1, stderr: "rr: spin: Invalid argument\n" });
  expect(await output([rr])).toMatchObject({ code: 2 });
});
