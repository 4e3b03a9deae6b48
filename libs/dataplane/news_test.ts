// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { News } from "./news.ts";

test("news that came before anybody asked are one piece", async () => {
  const news = new News();
  news.tell();
  news.tell();
  expect(await news.next()).toBe(true);
  let asked = false;
  const second = news.next().then((more) => {
    asked = true;
    return more;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(false);
  news.tell();
  expect(await second).toBe(true);
});

test("the end of the news wakes who waits, and stays the end", async () => {
  const news = new News();
  const waiting = news.next();
  news.end();
  expect(await waiting).toBe(false);
  news.tell();
  expect(await news.next()).toBe(false);
});
