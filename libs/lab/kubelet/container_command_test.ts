// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { containerCommand, straitCommand } from "./container_command.ts";
import { onThisMachine } from "./kubelet_config.ts";

describe("a container's command", () => {
  test("is command and args with variables replaced", () => {
    expect(containerCommand({ name: "c", command: ["echo"], args: ["$(A)", "$(B)"] }, { A: "1" })).toEqual({
      ok: true,
      value: ["echo", "1", "$(B)"],
    });
  });

  test("is refused where there is none, since there is no image to take one from", () => {
    expect(containerCommand({ name: "c", image: "nginx" }, {})).toMatchObject({ ok: false });
    expect(containerCommand({ name: "c", args: ["x"] }, {})).toMatchObject({ ok: false });
  });

  test("runs this repository's strait for strait", () => {
    const result = containerCommand({ name: "c", command: ["strait", "gateway"] }, {});
    expect(result.ok && result.value.slice(-2)).toEqual([expect.stringMatching(/apps\/cli\/main\.ts$/), "gateway"]);
    expect(straitCommand({ name: "c", command: ["strait", "gateway"] })).toBe("gateway");
    expect(straitCommand({ name: "c", command: ["sleep", "gateway"] })).toBeUndefined();
  });

  test.each([
    [
      { capabilities: { drop: ["ALL"], add: ["BPF", "CAP_NET_ADMIN"] } },
      ["setpriv", "--bounding-set=-all,+bpf,+net_admin", "true"],
    ],
    [{ capabilities: { drop: ["ALL"] } }, ["setpriv", "--bounding-set=-all", "true"]],
    [{ privileged: true, capabilities: { drop: ["ALL"] } }, ["true"]],
    [{ capabilities: { add: ["BPF"] } }, ["true"]],
  ])("has the capabilities that %j leaves it", (securityContext, argv) => {
    expect(containerCommand({ name: "c", command: ["true"], securityContext }, {})).toEqual({ ok: true, value: argv });
  });
});

test("a path of a node lies where the longest of its folders says", () => {
  const folders = { "/run/strait": "/lab/run", "/run": "/lab/all" };
  expect(onThisMachine(folders, "/run/strait/maps")).toBe("/lab/run/maps");
  expect(onThisMachine(folders, "/run/straits")).toBe("/lab/all/straits");
  expect(onThisMachine(folders, "/etc")).toBe("/etc");
});
