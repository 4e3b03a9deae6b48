// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Log } from "./log.ts";

function memory(level?: "debug" | "info" | "warn" | "error"): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = new Log({
    ...(level && { level }),
    fields: { app: "t" },
    write: (line) => lines.push(line),
    now: () => new Date(0),
  });
  return { log, lines };
}

test("a log writes one line with time, level, its own fields, message and the line's fields", () => {
  const { log, lines } = memory();
  log.info("config read", { path: "/a b" });
  expect(lines).toEqual(['time=1970-01-01T00:00:00.000Z level=info app=t msg="config read" path="/a b"\n']);
});

test("a log keeps quiet below its level, which is info at first", () => {
  const { log, lines } = memory();
  log.debug("x");
  expect(lines).toEqual([]);
  log.setLevel("error");
  log.warn("x");
  expect(lines).toEqual([]);
  log.error("x");
  expect(lines).toHaveLength(1);
});

test("a log made by with adds its fields and follows the level of its parent", () => {
  const { log, lines } = memory("warn");
  const child = log.with({ part: "netlink" });
  child.info("x");
  expect(lines).toEqual([]);
  log.setLevel("info");
  child.info("x");
  expect(lines[0]).toContain("app=t part=netlink msg=x");
});
