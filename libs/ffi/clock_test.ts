// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { monotonicMs, processCpuMs } from "./clock.ts";

test("processCpuMs counts what a process worked and not what it waited, also where its worker has ended", async () => {
  const script = "for (const end = Date.now() + 100; Date.now() < end; );";
  const program = `new Worker(URL.createObjectURL(new Blob([${JSON.stringify(script)}]))).addEventListener("close", () => console.log("done")); setInterval(() => {}, 1000)`;
  const child = Bun.spawn([process.execPath, "-e", program], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  for await (const _done of child.stdout) break;
  const before = processCpuMs(child.pid);
  expect(before).toBeGreaterThan(20);
  const began = monotonicMs();
  while (monotonicMs() - began < 30);
  expect(processCpuMs(child.pid)).toBeGreaterThanOrEqual(before);
  expect(processCpuMs(child.pid) - before).toBeLessThan(25);
  child.kill("SIGKILL");
  await child.exited;
});

test("processCpuMs says which process it cannot look at", () => {
  expect(() => processCpuMs(4_194_304)).toThrow("the CPU clock of process 4194304 cannot be read");
});
