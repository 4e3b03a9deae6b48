// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BROKER, SecretKind } from "@strait/k8s";
import { formatJoinFile, type JoinFile, joinCredentials, must, parseJoinFile } from "@strait/model";
import { type Clusterset, startClusterset } from "../testing/clusterset.ts";

let set: Clusterset;
beforeAll(async () => {
  set = await startClusterset({ plain: { pods: "10.9.0.0/16", services: "100.9.0.0/16" } });
}, 30_000);
afterAll(() => set[Symbol.asyncDispose]());

const file = (name: string) => join(set.dir, name);
const read = (name: string): JoinFile => must(parseJoinFile(readFileSync(file(name), "utf8")));
const modeOf = (name: string) => statSync(file(name)).mode & 0o777;
const keyOf = ({ ipsecPsk }: JoinFile) => Buffer.from(ipsecPsk?.data["psk"] ?? "", "base64");

test("strait deploy-broker says what it did and writes the join file for its owner alone", async () => {
  const { code, out, err } = await set.run(set.broker, ["deploy-broker", "--file", "{dir}/first.subm"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n").map((line) => line.replace(/\d+ custom/, "N custom"))).toEqual([
    " ✓ Installed N custom resource definitions",
    ` ✓ Set up the broker in namespace ${BROKER.namespace}`,
    " ✓ Each cluster can write its own objects only: the embedded broker sees to it",
    " ✓ The clusterset has its pre-shared key",
    " ✓ The token that clusters join with is there",
    ` ✓ Wrote ${file("first.subm")}`,
    "",
  ]);
  expect(modeOf("first.subm")).toBe(0o600);
  const joining = read("first.subm");
  expect(joining.components).toEqual(["service-discovery", "connectivity"]);
  expect(must(joinCredentials(joining)).namespace).toBe(BROKER.namespace);
  expect(keyOf(joining).length).toBe(48);
});

test("strait deploy-broker a second time changes nothing and keeps the earlier file", async () => {
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/twice.subm"]);
  const before = readFileSync(file("twice.subm"), "utf8");
  const { code, out } = await set.run(set.broker, ["deploy-broker", "--file", "{dir}/twice.subm"]);
  const backup = "twice.subm.2026-11-21T10_00_00";
  expect(code).toBe(0);
  expect(out).toContain(` ✓ Wrote ${file("twice.subm")} (the earlier one is now ${file(backup)})\n`);
  expect(readFileSync(file("twice.subm"), "utf8")).toBe(before);
  expect(readFileSync(file(backup), "utf8")).toBe(before);
  expect([modeOf("twice.subm"), modeOf(backup)]).toEqual([0o600, 0o600]);
  // A third one in the same second takes no other's name.
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/twice.subm"]);
  expect(readdirSync(set.dir).filter((name) => name.startsWith("twice.subm")).length).toBe(3);
});

test("strait deploy-broker closes a file that others could read before it keeps it", async () => {
  writeFileSync(file("open.subm"), "an earlier one", { mode: 0o644 });
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/open.subm"]);
  expect([modeOf("open.subm"), modeOf("open.subm.2026-11-21T10_00_00")]).toEqual([0o600, 0o600]);
});

test("strait deploy-broker --ipsec-psk-from takes over the key of that file, for good", async () => {
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/own.subm"]);
  const own = read("own.subm");
  const psk = Buffer.from("the key of another clusterset").toString("base64");
  const other = { ...own, ipsecPsk: { metadata: { name: "submariner-ipsec-psk" }, data: { psk } } };
  writeFileSync(file("other.subm"), formatJoinFile(other));
  const take = ["deploy-broker", "--ipsec-psk-from", "{dir}/other.subm", "--file", "{dir}/taken.subm"];
  expect((await set.run(set.broker, take)).code).toBe(0);
  expect(keyOf(read("taken.subm")).toString()).toBe("the key of another clusterset");
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/later.subm"]);
  expect(keyOf(read("later.subm")).toString()).toBe("the key of another clusterset");
});

test.each([
  ["nothing.subm", undefined, "nothing.subm cannot be read"],
  ["text.subm", "%%%", "text.subm: the join file is no base64"],
])("strait deploy-broker --ipsec-psk-from %s is refused with a sentence", async (name, text, sentence) => {
  if (text !== undefined) writeFileSync(file(name), text);
  const argv = ["deploy-broker", "--ipsec-psk-from", `{dir}/${name}`, "--file", "{dir}/never.subm"];
  const { code, out } = await set.run(set.broker, argv);
  expect(code).toBe(1);
  expect(out).toContain(sentence);
  expect(readdirSync(set.dir)).not.toContain("never.subm");
});

test("strait deploy-broker -o json prints one document on stdout, its steps on stderr", async () => {
  const { code, out, err } = await set.run(set.broker, ["deploy-broker", "-o", "json", "--file", "{dir}/json.subm"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true, file: file("json.subm"), brokerUrl: read("json.subm").brokerUrl });
  expect(err).toContain(" ✓ Wrote ");
});

test("strait deploy-broker -o json that fails prints one document that says why", async () => {
  const argv = ["deploy-broker", "-o", "json", "--ipsec-psk-from", "{dir}/none", "--file", "{dir}/never.subm"];
  const { code, out } = await set.run(set.broker, argv);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: expect.stringContaining("none cannot be read") });
});

test("strait deploy-broker refuses an address at which no cluster finds the broker", async () => {
  for (const url of ["broker.example.com", "ftp://broker", "http://broker:6443"]) {
    const { code, err } = await set.run(set.broker, ["deploy-broker", "--broker-url", url, "--file", "{dir}/never.subm"]);
    expect([code, err]).toEqual([2, `strait: --broker-url ${url}: write it like https://broker.example.com:6443\n`]);
  }
});

test("strait recover-broker-info writes the file that deploy-broker wrote", async () => {
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/lost.subm"]);
  const before = readFileSync(file("lost.subm"), "utf8");
  rmSync(file("lost.subm"));
  const { code, out } = await set.run(set.broker, ["recover-broker-info", "--file", "{dir}/lost.subm"]);
  expect(code).toBe(0);
  expect(out).toContain(" ✓ Found the pre-shared key\n");
  expect(read("lost.subm")).toEqual(must(parseJoinFile(before)));
  expect(modeOf("lost.subm")).toBe(0o600);
  const json = await set.run(set.broker, ["recover-broker-info", "-o", "json", "--file", "{dir}/lost.subm"]);
  expect(JSON.parse(json.out)).toMatchObject({ ok: true, file: file("lost.subm") });
});

test("strait recover-broker-info says where there is no broker, and where the key is gone", async () => {
  const plain = await set.run(set.clusters["plain"] as never, ["recover-broker-info", "--file", "{dir}/never.subm"]);
  expect([plain.code, plain.err]).toEqual([
    1,
    'strait: cluster "plain" is no broker: run this on the cluster where deploy-broker ran\n',
  ]);
  const namespace = BROKER.namespace;
  await set.broker.client.resource(SecretKind).delete(BROKER.psk, { namespace });
  const keyless = await set.run(set.broker, ["recover-broker-info", "--file", "{dir}/never.subm"]);
  expect(keyless.code).toBe(1);
  expect(keyless.out).toContain(`has no Secret ${BROKER.psk} in ${namespace}`);
  expect(readdirSync(set.dir)).not.toContain("never.subm");
});
