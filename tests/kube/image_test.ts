// SPDX-License-Identifier: Apache-2.0
/** The image: the same bytes from the same sources, small, with its bill of materials and licences, and a binary that does what `bun run` does. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { output, run } from "@strait/lab";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Bytes of the whole archive. */
const MOST = 200_000_000;

interface Reference {
  readonly digest: string;
  readonly mediaType: string;
}

let folder: string;
let root: string;
let digests: string[];

/** Builds the image for this machine into a folder of its own. */
async function build(name: string): Promise<string> {
  const argv = ["nice", process.execPath, "run", "tools/image/build_image.ts", "--native", "--to", join(folder, name)];
  const said = await run(argv, { cwd: ROOT, signal: AbortSignal.timeout(240_000) });
  return /sha256:[0-9a-f]{64}/.exec(said)?.[0] ?? said;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "strait-image-"));
  digests = [await build("a"), await build("b")];
  root = join(folder, "root");
  const layout = join(folder, "a/oci");
  const blob = (digest: string) => join(layout, "blobs", digest.replace(":", "/"));
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
  const [index] = read(join(layout, "index.json")).manifests as Reference[];
  const [manifest] = read(blob(index?.digest ?? "")).manifests as Reference[];
  for (const { digest } of read(blob(manifest?.digest ?? "")).layers as Reference[]) {
    await run(["mkdir", "-p", root]);
    await run(["tar", "-C", root, "-xf", blob(digest)]);
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The image's binary in its own root, in namespaces that end with it. */
function inImage(...argv: string[]) {
  const script = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -t sysfs sysfs "$0/sys" && mount -t bpf bpf "$0/sys/fs/bpf" && exec chroot "$0" /usr/bin/strait "$@"`;
  return output(["unshare", "--mount", "--net", "--pid", "--fork", "sh", "-ec", script, root, ...argv]);
}

test("two builds have the same digest", () => {
  expect(digests[0]).toMatch(/^sha256:/);
  expect(digests[1]).toBe(digests[0] as string);
});

test("the image is small", () => {
  expect(statSync(join(folder, "a/strait.tar")).size).toBeLessThan(MOST);
});

test("the bill of materials names what is inside, and every part has its licence", () => {
  const docs = join(root, "usr/share/doc");
  const { packages } = JSON.parse(readFileSync(join(docs, "strait/sbom.spdx.json"), "utf8")) as {
    packages: { name: string; versionInfo: string; licenseDeclared: string; SPDXID: string }[];
  };
  const names = packages.map(({ name }) => name);
  for (const name of ["libbpf1", "libc6", "bun", "hono", "valibot"]) expect(names).toContain(name);
  expect(packages.filter(({ versionInfo }) => versionInfo === "")).toEqual([]);
  for (const { name, SPDXID } of packages) {
    if (SPDXID.startsWith("SPDXRef-deb-")) expect([name, existsSync(join(docs, name, "copyright"))]).toEqual([name, true]);
    if (SPDXID.startsWith("SPDXRef-npm-"))
      expect([name, readdirSync(join(docs, "strait/npm", name)).length > 0]).toEqual([name, true]);
  }
  expect(existsSync(join(docs, "strait/LICENSE"))).toBe(true);
});

test("there is neither a shell nor a program with rights of its own inside", async () => {
  expect(["bin/sh", "usr/bin/sh", "usr/bin/dash", "usr/bin/apt"].filter((path) => existsSync(join(root, path)))).toEqual([]);
  expect(await run(["find", root, "-xdev", "-perm", "/6000", "-type", "f"])).toBe("");
});

test.each([
  [["version", "-o", "json"]],
  [["--help"]],
  [["join", "/nowhere.subm", "--clusterid", "east"]],
  [["join"]],
  [["completion", "bash"]],
  [["gateway", "--help"]],
  [["routeagent", "--config", "/nowhere.yaml"]],
  [["broker", "--help"]],
])("the binary answers %j as bun run does", async (argv) => {
  const [inside, outside] = await Promise.all([
    inImage(...argv),
    output([process.execPath, "run", "apps/cli/main.ts", ...argv], { cwd: ROOT }),
  ]);
  expect([inside.code, inside.stdout, inside.stderr]).toEqual([outside.code, outside.stdout, outside.stderr]);
});

test("the binary finds its shim and its programs beside itself: it loads them, and takes away what is not there", async () => {
  const { code, stderr } = await inImage("routeagent", "--uninstall");
  expect([code, stderr]).toEqual([0, expect.stringContaining("uninstalled")]);
});
