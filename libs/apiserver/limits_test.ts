// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ok, refuse } from "@strait/model";
import { Log } from "@strait/obs";
import { configMap, startTestServer } from "./testing/mod.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

test("a body over 3 MiB is refused with 413, whether its length is announced or not", async () => {
  await using under = await startTestServer();
  const { admin } = under;
  const body = JSON.stringify(configMap("big", { a: "x".repeat(3 << 20) }));
  expect((await admin.call("POST", MAPS, { body })).status).toBe(413);
  async function* chunks() {
    for (let sent = 0; sent < body.length; sent += 65536) yield body.slice(sent, sent + 65536);
  }
  const streamed = await fetch(`${admin.config.url}${MAPS}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: chunks() as never,
    tls: admin.config.tls,
  } as RequestInit).then(
    (response) => response.status,
    () => 413, // the server closed while the client was still sending
  );
  expect(streamed).toBe(413);
  expect((await admin.call("GET", `${MAPS}/big`)).status).toBe(404);
});

test("YAML that grows by its aliases is refused", async () => {
  await using under = await startTestServer();
  const levels = Array.from(
    { length: 9 },
    (_, level) => `  k${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(",")}]`,
  );
  const body = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bomb\ndata:\n  k0: &l0 [x]\n${levels.join("\n")}\n`;
  const { status } = await under.admin.call("POST", MAPS, { body, headers: { "content-type": "application/yaml" } });
  expect(status).toBe(400);
});

test("the embedder's rule is asked before every write, with who, what and the states", async () => {
  const asked: string[] = [];
  await using under = await startTestServer({
    admission: ({ user, verb, plural, name, object, old }) => {
      if (plural !== "configmaps" || name === "kube-root-ca.crt") return ok(true);
      asked.push(`${user.name} ${verb} ${name} ${object ? "new" : "-"} ${old ? "old" : "-"}`);
      return name === "forbidden" ? refuse("not yours") : ok(true);
    },
  });
  const { admin } = under;
  await admin.make(MAPS, configMap("a"));
  await admin.call("PUT", `${MAPS}/a`, { body: configMap("a", { b: "c" }) });
  await admin.call("DELETE", `${MAPS}/a`);
  const { status, body } = await admin.call("POST", MAPS, { body: configMap("forbidden") });
  expect([status, body.message]).toEqual([403, 'configmaps "forbidden" is forbidden: not yours']);
  expect(asked).toEqual([
    "system:admin create a new -",
    "system:admin update a new old",
    "system:admin delete a - old",
    "system:admin create forbidden new -",
  ]);
});

test("the broker's profile serves what an exchange needs and no pods", async () => {
  await using under = await startTestServer({ profile: "broker" });
  expect((await under.admin.call("GET", "/api/v1/pods")).status).toBe(404);
  expect((await under.admin.call("GET", "/api/v1/namespaces/default/secrets")).status).toBe(200);
});

test("a server that stops ends its watches in order", async () => {
  const under = await startTestServer();
  const watch = under.admin.watch(`${MAPS}?watch=true`);
  expect((await watch.next()).value?.type).toBe("ADDED");
  const rest = watch.next();
  await under[Symbol.asyncDispose]();
  expect((await rest).done).toBe(true);
});

test("a server whose disk is full answers writes with 500, reads on, says so once, and loses nothing", async () => {
  const lines: string[] = [];
  const log = new Log({ level: "error", write: (line) => lines.push(line) });
  await using under = await startTestServer({ maxBytes: 2 << 20, log });
  const { admin } = under;
  const written: string[] = [];
  const write = async (name: string) =>
    (await admin.call("POST", MAPS, { body: configMap(name, { a: "x".repeat(200_000) }) })).status;
  for (let index = 0; index < 20; index++) if ((await write(`c${index}`)) === 201) written.push(`c${index}`);
  expect(written.length).toBeGreaterThan(2);
  expect(written.length).toBeLessThan(20);
  expect(await write("more")).toBe(500);
  const { status, body } = await admin.call("GET", MAPS);
  expect(status).toBe(200);
  const names = body.items.map(({ metadata }) => metadata.name).filter((name) => name !== "kube-root-ca.crt");
  expect(names.sort()).toEqual([...written].sort());
  expect(lines.filter((line) => line.includes("request failed")).length).toBe(1);
});
