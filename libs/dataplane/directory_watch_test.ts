// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryWatch } from "./directory_watch.ts";
import { News } from "./news.ts";

let dir = "";
let news: News;
let watch: DirectoryWatch;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "st-watch-"));
  news = new News();
  watch = new DirectoryWatch(() => news.tell());
});
afterEach(() => {
  watch.close();
  rmSync(dir, { recursive: true, force: true });
});

test("a directory that is there tells of its files", async () => {
  watch.watch(dir);
  watch.watch(dir);
  writeFileSync(join(dir, "a"), "");
  expect(await news.next()).toBe(true);
});

test("a directory that comes later is found step by step", async () => {
  const results = join(dir, "cni", "results");
  watch.watch(results);
  mkdirSync(join(dir, "cni"));
  mkdirSync(results);
  expect(await news.next()).toBe(true);
  writeFileSync(join(results, "a"), "");
  expect(await news.next()).toBe(true);
});

test("a directory that is removed and made again goes on telling", async () => {
  const results = join(dir, "results");
  mkdirSync(results);
  watch.watch(results);
  rmSync(results, { recursive: true });
  expect(await news.next()).toBe(true);
  mkdirSync(results);
  expect(await news.next()).toBe(true);
  writeFileSync(join(results, "a"), "");
  expect(await news.next()).toBe(true);
});

test("another directory takes the place of the first one", async () => {
  const [first, second] = [join(dir, "first"), join(dir, "second")];
  for (const path of [first, second]) mkdirSync(path);
  watch.watch(first);
  watch.watch(second);
  writeFileSync(join(second, "a"), "");
  expect(await news.next()).toBe(true);
});
