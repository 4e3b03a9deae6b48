// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemTimers } from "@strait/time";
import { FakeTimers } from "@strait/time/testing";
import { ConfigWatch, type Parsed } from "./config_watch.ts";
import { clusterFile } from "./testing/cluster_file.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "st-watch-"));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** "node NAME" is a config; anything else is refused on line 1. */
function parse(text: string, path: string): Parsed {
  const node = /^node (\w+)$/.exec(text)?.[1];
  return node ? { ok: true, file: clusterFile({ node }) } : { ok: false, reasons: [`${path}:1: it says "${text}"`] };
}

function open(path: string, timers = new FakeTimers() as ConstructorParameters<typeof ConfigWatch>[1]["timers"]) {
  const changes: string[] = [];
  let told = (): void => {};
  const config = new ConfigWatch(path, { timers, parse });
  config.onChange = (reading = "accepted") => {
    changes.push(reading);
    told();
  };
  cleanups.push(() => config.close());
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      told = resolve;
    });
  return { config, changes, next };
}

test("a config watch accepts a good file and answers same while its text stays", () => {
  const path = join(folder(), "strait.yaml");
  writeFileSync(path, "node a1");
  const { config, changes } = open(path);
  expect(config.read()).toBe("accepted");
  expect(config.read()).toBe("same");
  expect(String(config.file?.node)).toBe("a1");
  expect(changes).toEqual(["accepted"]);
});

test("a config watch keeps the old config while the file is bad, gone or no file, and says why", () => {
  const path = join(folder(), "strait.yaml");
  writeFileSync(path, "node a1");
  const { config } = open(path);
  config.read();
  writeFileSync(path, "nonsense");
  expect(config.read()).toBe("refused");
  expect(config.reasons).toEqual([`${path}:1: it says "nonsense"`]);
  unlinkSync(path);
  expect(config.read()).toBe("refused");
  expect(config.reasons[0]).toContain("there is no such file");
  mkdirSync(path);
  expect(config.read()).toBe("refused");
  expect(config.reasons[0]).toContain("it is no regular file");
  expect(String(config.file?.node)).toBe("a1");
  rmSync(path, { recursive: true });
  writeFileSync(path, "node a1");
  expect(config.read()).toBe("accepted");
  expect(config.reasons).toEqual([]);
});

test("a config watch has no config before the first good file", () => {
  const { config } = open(join(folder(), "strait.yaml"));
  expect(config.read()).toBe("refused");
  expect(config.file).toBeUndefined();
});

test("a config watch sees a file written in place, replaced by rename and made anew", async () => {
  const dir = folder();
  const path = join(dir, "strait.yaml");
  writeFileSync(path, "node a1");
  const { config, changes, next } = open(path, systemTimers);
  config.read();
  expect(config.start()).toBe(true);
  const inPlace = next();
  writeFileSync(path, "node a2");
  await inPlace;
  expect(String(config.file?.node)).toBe("a2");
  const renamed = next();
  writeFileSync(join(dir, ".tmp"), "node a3");
  renameSync(join(dir, ".tmp"), path);
  await renamed;
  expect(String(config.file?.node)).toBe("a3");
  const removed = next();
  unlinkSync(path);
  await removed;
  const made = next();
  writeFileSync(path, "node a4");
  await made;
  expect(String(config.file?.node)).toBe("a4");
  expect(changes).toEqual(["accepted", "accepted", "accepted", "refused", "accepted"]);
});

test("a config watch sees the swap of a folder that its file links to, as Kubernetes mounts configs", async () => {
  const dir = folder();
  for (const name of ["v1", "v2"]) mkdirSync(join(dir, name));
  writeFileSync(join(dir, "v1/strait.yaml"), "node a1");
  writeFileSync(join(dir, "v2/strait.yaml"), "node a2");
  symlinkSync("v1", join(dir, "..data"));
  symlinkSync("..data/strait.yaml", join(dir, "strait.yaml"));
  const { config, next } = open(join(dir, "strait.yaml"), systemTimers);
  config.read();
  config.start();
  const swapped = next();
  symlinkSync("v2", join(dir, "..tmp"));
  renameSync(join(dir, "..tmp"), join(dir, "..data"));
  await swapped;
  expect(String(config.file?.node)).toBe("a2");
});

test("a config watch is not woken by other files of the folder", async () => {
  const dir = folder();
  const path = join(dir, "strait.yaml");
  writeFileSync(path, "node a1");
  const timers = new FakeTimers();
  const { config } = open(path, timers);
  config.read();
  config.start();
  const other = watch(dir);
  cleanups.push(() => other.close());
  const seen = (name: string): Promise<void> => new Promise((resolve) => other.on("change", (_, of) => of === name && resolve()));
  const logged = seen("gateway.log");
  writeFileSync(join(dir, "gateway.log"), "a line");
  await logged;
  expect(timers.waiting).toEqual([]);
  const written = seen("strait.yaml");
  writeFileSync(path, "node a2");
  await written;
  expect(timers.waiting).toEqual([50]);
  await timers.advance(50);
  expect(String(config.file?.node)).toBe("a2");
});

test("a config watch says when there is no folder to watch and watches once there is", () => {
  const dir = folder();
  const { config } = open(join(dir, "later/strait.yaml"));
  expect(config.start()).toBe(false);
  mkdirSync(join(dir, "later"));
  expect(config.start()).toBe(true);
  config.close();
  expect(config.start()).toBe(false);
});
