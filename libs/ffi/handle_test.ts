// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Handle, openHandles, openHandlesByKind } from "./handle.ts";

class Probe extends Handle {
  released = 0;
  constructor() {
    super("Probe");
  }
  use(): string {
    this.guard();
    return "used";
  }
  protected release(): void {
    this.released++;
  }
}

test("Handle counts while it is open", () => {
  const before = openHandles();
  const probe = new Probe();
  expect(openHandles()).toBe(before + 1);
  expect(openHandlesByKind()["Probe"]).toBe(1);
  probe.close();
  expect(openHandles()).toBe(before);
  expect(openHandlesByKind()).not.toHaveProperty("Probe");
});

test("Handle releases once however often it is closed", () => {
  const probe = new Probe();
  probe.close();
  probe.close();
  probe[Symbol.dispose]();
  expect(probe.released).toBe(1);
});

test("Handle throws on use after close", () => {
  const probe = new Probe();
  expect(probe.use()).toBe("used");
  probe.close();
  expect(() => probe.use()).toThrow(new TypeError("Probe is closed"));
});

test("Handle closes at the end of a using block, an exception included", () => {
  const before = openHandles();
  expect(() => {
    using probe = new Probe();
    throw new Error(probe.use());
  }).toThrow("used");
  expect(openHandles()).toBe(before);
});
