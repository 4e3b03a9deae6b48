// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { runStrait } from "./mod.ts";
import { testIo } from "./testing/test_io.ts";

async function run(...argv: string[]) {
  const io = testIo();
  const code = await runStrait(argv, io);
  return { code, out: io.stdout(), err: io.stderr() };
}

test("strait --help names every command and ends with 0", async () => {
  const { code, out } = await run("--help");
  expect(code).toBe(0);
  for (const name of [
    "deploy-broker",
    "join",
    "show",
    "status",
    "verify",
    "uninstall",
    "recover-broker-info",
    "version",
    "completion",
  ]) {
    expect(out).toContain(`  ${name}`);
  }
});

test("strait version prints one line, and JSON where it is asked for", async () => {
  expect(await run("version")).toEqual({ code: 0, out: "strait version: 0.0.0\n", err: "" });
  expect((await run("version", "-o", "json")).out).toBe('{"version":"0.0.0"}\n');
});

test.each([
  [["joyn"], "unknown command 'joyn'"],
  [["join"], "missing required argument 'file'"],
  [["join", "f", "--nattport", "0"], "use a whole number from 1 to 65535"],
  [["join", "f", "--clustercidr", "10.1.2.3/16"], "10.1.2.3/16 has host bits set: write 10.1.0.0/16"],
  [["join", "f", "--natt=maybe"], "use true or false"],
  [["join", "f", "--cable-driver", "carrier-pigeon"], "Allowed choices are"],
  [["join", "f", "--globalnet"], "does not translate overlapping addresses yet"],
  [["deploy-broker", "--components", "x"], "use service-discovery or connectivity"],
  [["verify", "--context", "a"], "required option '--tocontext"],
  [["verify", "--context", "a", "--tocontext", "b", "--only", "x"], "Strait has connectivity and basic-connectivity"],
  [["show", "everything"], "unknown command 'everything'"],
  [["version", "-o", "yaml"], "Allowed choices are text, json"],
])("strait %j is refused with 2 and one sentence", async (argv, sentence) => {
  const { code, err } = await run(...argv);
  expect(err).toContain(sentence);
  expect(code).toBe(2);
});

test("strait join says which file it cannot read", async () => {
  const { code, err } = await run("join", "/nowhere/broker-info.subm", "--clusterid", "east");
  expect(code).toBe(1);
  expect(err).toContain("/nowhere/broker-info.subm cannot be read");
});

test.each(["bash", "zsh", "fish"])("strait completion %s offers commands and flags", async (shell) => {
  const { code, out } = await run("completion", shell);
  expect(code).toBe(0);
  expect(out).toContain("deploy-broker");
  expect(out).toContain("clusterid");
});

test("strait completion bash completes a command, a flag and a command of show", () => {
  const complete = (...words: string[]) => {
    const script = [
      "source /dev/stdin",
      `COMP_WORDS=(strait ${words.map((word) => `'${word}'`).join(" ")})`,
      `COMP_CWORD=${words.length}`,
      "_strait",
      `echo "\${COMPREPLY[@]}"`,
    ].join("\n");
    const io = testIo();
    return runStrait(["completion", "bash"], io).then(() =>
      Bun.spawnSync(["bash", "-c", script], { stdin: Buffer.from(io.stdout()) })
        .stdout.toString()
        .trim(),
    );
  };
  return Promise.all([
    complete("dep").then((words) => expect(words).toBe("deploy-broker")),
    complete("show", "conn").then((words) => expect(words).toBe("connections")),
    complete("join", "--cluster").then((words) => expect(words.split(" ").sort()).toEqual(["--clustercidr", "--clusterid"])),
  ]);
});
