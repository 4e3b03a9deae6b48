// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { helpText, parseOptions } from "./options.ts";

const NO_CONFIG =
  "there is no config: say --config FILE, or in Kubernetes set SUBMARINER_NAMESPACE and SUBMARINER_CLUSTERID, or see --help for the flags";

test("options choose Kubernetes where there is no config and Submariner's variables are set", () => {
  const env = { SUBMARINER_NAMESPACE: "submariner-operator", SUBMARINER_CLUSTERID: "east" };
  expect(parseOptions([], env)).toEqual({
    ok: true,
    value: { action: "run", kubernetes: { namespace: "submariner-operator", clusterId: "east" } } as never,
  });
  expect(parseOptions(["--config", "a.yaml"], env)).toEqual({ ok: true, value: { action: "run", config: "a.yaml" } });
  expect(parseOptions([], { SUBMARINER_CLUSTERID: "east" })).toEqual({ ok: false, reason: NO_CONFIG });
  const capitals = parseOptions([], { ...env, SUBMARINER_CLUSTERID: "East" });
  expect(capitals.ok ? "" : capitals.reason).toStartWith('SUBMARINER_CLUSTERID: "East" is no cluster id');
});

test("options take the config from the flag, and from the environment where there is none", () => {
  expect(parseOptions(["--config", "a.yaml"], { STRAIT_CONFIG: "b.yaml" })).toEqual({
    ok: true,
    value: { action: "run", config: "a.yaml" },
  });
  expect(parseOptions([], { STRAIT_CONFIG: "b.yaml", STRAIT_LOG: "debug" })).toEqual({
    ok: true,
    value: { action: "run", config: "b.yaml", log: "debug" },
  });
  expect(parseOptions(["--config=a.yaml"], {})).toMatchObject({ ok: true });
});

test("options are frozen", () => {
  const parsed = parseOptions(["--config", "a.yaml"], {});
  expect(parsed.ok && Object.isFrozen(parsed.value)).toBe(true);
});

test("options take a place to listen and the BPF object for a run", () => {
  expect(
    parseOptions(["--config", "x", "--listen", "unix:/run/a.sock"], { STRAIT_BPF_OBJECT: "/o", STRAIT_LISTEN: "[::1]:1" }),
  ).toEqual({
    ok: true,
    value: { action: "run", config: "x", objectPath: "/o", listen: { kind: "unix", path: "/run/a.sock" } },
  });
});

test("options need a config to run but none to uninstall, help or tell the version", () => {
  expect(parseOptions([], {})).toEqual({ ok: false, reason: NO_CONFIG });
  expect(parseOptions(["--uninstall"], {})).toEqual({ ok: true, value: { action: "uninstall" } });
  expect(parseOptions([], { SUBMARINER_UNINSTALL: "true" })).toEqual({ ok: true, value: { action: "uninstall" } });
  expect(parseOptions(["--trace"], {})).toEqual({ ok: true, value: { action: "trace" } });
  expect(parseOptions(["--help"], {})).toEqual({ ok: true, value: { action: "help" } });
  expect(parseOptions(["--version"], {})).toEqual({ ok: true, value: { action: "version" } });
});

test("options refuse with one sentence what they do not know", () => {
  for (const [argv, part] of [
    [["--confg", "x"], "--confg"],
    [["strait.yaml"], "strait.yaml"],
    [["--config"], "--config"],
    [["--config", ""], "--config is empty"],
    [["--config", "x", "--log", "loud"], "is no level: use debug, info, warn or error"],
    [["--uninstall=yes"], "--uninstall"],
    [["--uninstall", "--trace"], "two things"],
    [["--config", "x", "--listen", "0.0.0.0:80"], "is not loopback"],
  ] as const) {
    const parsed = parseOptions(argv, {});
    const reason = parsed.ok ? "it was accepted" : parsed.reason;
    expect(reason).toContain(part);
    expect(reason).not.toContain("\n");
  }
});

test("the help text names every flag", () => {
  const text = helpText("gateway", "Ends the cables.");
  for (const flag of ["--config FILE", "--uninstall", "--log LEVEL", "--help", "--version"]) expect(text).toContain(flag);
});
