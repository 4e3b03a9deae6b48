// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { parse } from "yaml";
import { merged, renamed } from "./kubeconfig_files.ts";

const FILE = `
clusters: [{ name: lab, cluster: { server: "https://172.31.1.250:6443" } }]
users: [{ name: lab-user, user: { token: t } }]
contexts: [{ name: lab, context: { cluster: lab, user: lab-user } }]
current-context: lab
`;

test("a kubeconfig is renamed with all that names its parts", () => {
  expect(parse(renamed(FILE, "east"))).toMatchObject({
    "current-context": "east",
    clusters: [{ name: "east", cluster: { server: "https://172.31.1.250:6443" } }],
    users: [{ name: "east", user: { token: "t" } }],
    contexts: [{ name: "east", context: { cluster: "east", user: "east" } }],
  });
});

test("kubeconfigs are merged, the first one's context being the current one", () => {
  const all = parse(merged([renamed(FILE, "east"), renamed(FILE, "west")])) as { contexts: { name: string }[] };
  expect(all).toMatchObject({ "current-context": "east" });
  expect(all.contexts.map(({ name }) => name)).toEqual(["east", "west"]);
  expect(parse(merged([]))).toMatchObject({ contexts: [], "current-context": "" });
});
