// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configMap, startServerProcess } from "./testing/mod.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "strait-crash-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a server killed in the middle of writes has every write that it acknowledged, and goes on counting", async () => {
  const first = await startServerProcess(dir);
  const { admin } = first;
  const acknowledged = new Map<string, string>();
  let newest = 0;
  const write = async (writer: number) => {
    for (let index = 0; ; index++) {
      const name = `w${writer}-${index % 40}`;
      try {
        const known = acknowledged.has(name);
        const method = known ? "PUT" : "POST";
        const { status, body } = await admin.call(method, known ? `${MAPS}/${name}` : MAPS, {
          body: configMap(name, { n: `${index}` }),
        });
        if (status !== 200 && status !== 201) return;
        acknowledged.set(name, `${index}`);
        newest = Math.max(newest, Number(body.metadata.resourceVersion));
      } catch {
        return; // the connection went with the process
      }
      if (acknowledged.size > 150) first.process.kill("SIGKILL");
    }
  };
  await Promise.all([0, 1, 2, 3, 4].map(write));
  await first.process.exited;
  expect(acknowledged.size).toBeGreaterThan(150);

  const second = await startServerProcess(dir);
  const { body } = await second.admin.call("GET", MAPS);
  const found = new Map(body.items.map((item) => [item.metadata.name, item.data["n"]]));
  // A write that was on its way may have been taken without an answer: then the value is a later one, never an earlier one.
  for (const [name, value] of acknowledged) expect(Number(found.get(name))).toBeGreaterThanOrEqual(Number(value));
  expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(newest);
  const made = await second.admin.make(MAPS, configMap("after"));
  expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(newest);
  second.process.kill("SIGTERM");
  expect(await second.process.exited).toBe(0);
}, 30_000);

test("a watch from before a kill sees exactly what came later", async () => {
  const first = await startServerProcess(dir);
  const { metadata } = await first.admin.make(MAPS, configMap("begin"));
  await first.admin.make(MAPS, configMap("one"));
  await first.admin.call("PUT", `${MAPS}/one`, { body: configMap("one", { a: "b" }) });
  first.process.kill("SIGKILL");
  await first.process.exited;
  const second = await startServerProcess(dir);
  await second.admin.call("DELETE", `${MAPS}/one`);
  const seen: string[] = [];
  const query = `watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=1`;
  for await (const { type, object } of second.admin.watch(`${MAPS}?${query}`)) seen.push(`${type} ${object.metadata.name}`);
  expect(seen).toEqual(["ADDED one", "MODIFIED one", "DELETED one"]);
  second.process.kill("SIGTERM");
  await second.process.exited;
}, 30_000);
