// SPDX-License-Identifier: Apache-2.0
import { afterAll, describe, expect } from "bun:test";
import { rmSync } from "node:fs";
import { testIf } from "@strait/testkit";
import { Vm, type VmEnded } from "./boot.ts";
import { setup } from "./setup.ts";

const ready = await setup();
const missing = ready.ok || process.env["CI"] === "true" ? undefined : ready.reason;

function machine() {
  if (!ready.ok) throw new Error(ready.reason);
  return ready.value;
}

afterAll(() => {
  if (ready.ok) rmSync(ready.value.tree, { force: true });
});

describe("a virtual machine", () => {
  testIf(missing)("runs programs, also two at once, and tells output and status of each", async () => {
    await using vm = await Vm.boot(machine());
    const results = await Promise.all([
      vm.run(["bash", "-c", "echo out; echo err >&2; exit 3"]),
      vm.run(["bash", "-c", 'echo "$WORD"'], { env: { WORD: "grün" } }),
      vm.run(["no-such-program"]),
    ]);
    expect(results).toEqual([
      { exit: 3, stdout: "out\n", stderr: "err\n" },
      { exit: 0, stdout: "grün\n", stderr: "" },
      { exit: -1, stdout: "", stderr: expect.stringContaining("no-such-program") },
    ]);
    const told = Promise.withResolvers<string>();
    const stop = new AbortController();
    const endless = vm.run(["bash", "-c", "echo begun; sleep infinity & wait"], { signal: stop.signal, onOutput: told.resolve });
    await told.promise;
    stop.abort(new Error("enough"));
    await expect(endless).rejects.toThrow("enough");
    // Its child, too: the loop ends only when none is left.
    expect(await vm.run(["sh", "-c", "while pgrep -x sleep; do :; done"])).toMatchObject({ exit: 0 });
    expect(vm.alive).toBe(true);
  });

  testIf(missing)("that panics ends at once, with the kernel's last words", async () => {
    await using vm = await Vm.boot(machine());
    const panic = vm.run(["bash", "-c", "echo c > /proc/sysrq-trigger"]);
    await panic.then(
      () => expect.unreachable("the order outlived the kernel"),
      (error: VmEnded) => expect(error.message).toContain("Kernel panic - not syncing: sysrq triggered crash"),
    );
    expect(vm.alive).toBe(false);
  });

  testIf(missing)("that cannot boot says what its console showed", async () => {
    const halted = Vm.boot({ ...machine(), image: { ...machine().image, root: "/dev/null" } });
    await halted.then(
      () => expect.unreachable("a machine without a root disk booted"),
      (error: VmEnded) => expect(error.message).toContain("cannot mount the root disk"),
    );
  });

  testIf(missing)("ends when its signal says so, also while it boots", async () => {
    const stop = new AbortController();
    const booting = Vm.boot({ ...machine(), signal: stop.signal });
    stop.abort(new Error("no longer wanted"));
    await expect(booting).rejects.toThrow("no longer wanted");
  });
});
