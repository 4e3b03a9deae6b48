// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readConfig } from "./read_config.ts";

const TEXT = `cluster: east
node: gw1
subnets: [10.1.0.0/16]
nodes:
  - { name: gw1, addresses: [172.31.1.2], subnets: [10.1.0.0/24], gateway: true }
clusters:
  - { id: west, subnets: [10.2.0.0/16], gateways: [{ name: gw1, addresses: [172.31.9.3] }] }
`;

test("readConfig answers the config of a good text", () => {
  const parsed = readConfig(TEXT, "/etc/strait.yaml", undefined);
  expect(parsed.ok && String(parsed.file.cluster)).toBe("east");
});

test("readConfig gives every reason its file and line", () => {
  const parsed = readConfig(
    TEXT.replace("10.1.0.0/24", "10.1.0.9/24").replace("10.2.0.0/16", "10.2.0.1/16"),
    "/etc/strait.yaml",
    undefined,
  );
  if (parsed.ok) throw new Error("it was accepted");
  expect(parsed.reasons).toHaveLength(2);
  expect(parsed.reasons[0]).toMatch(/^\/etc\/strait\.yaml:5: .*host bits/);
  expect(parsed.reasons[1]).toMatch(/^\/etc\/strait\.yaml:7: .*host bits/);
});

test("readConfig refuses another pin directory while the app runs, and takes it at the start", () => {
  const first = readConfig(TEXT, "/etc/strait.yaml", undefined);
  if (!first.ok) throw new Error("it was refused");
  const moved = `${TEXT}pinDir: /sys/fs/bpf/other\n`;
  expect(readConfig(moved, "/etc/strait.yaml", first.file)).toEqual({
    ok: false,
    reasons: ["/etc/strait.yaml:8: pinDir cannot change from /sys/fs/bpf/strait in a running app: restart it"],
  });
  expect(readConfig(moved, "/etc/strait.yaml", undefined).ok).toBe(true);
});
