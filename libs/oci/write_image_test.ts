// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, type ImageSpec, writeImage } from "./mod.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "strait-oci-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A folder with two files, made in an order and at a time of its own. */
function folder(name: string, files: readonly string[], seconds: number): string {
  const path = join(dir, name);
  mkdirSync(path);
  for (const file of files) {
    writeFileSync(join(path, file), `content of ${file}\n`, { mode: 0o644 });
    utimesSync(join(path, file), seconds, seconds);
  }
  return path;
}

function spec(from: string, to: string, more: Partial<ImageSpec> = {}): ImageSpec {
  return {
    name: "localhost/tiny:1.2",
    images: [{ architecture: "amd64", layers: [{ from, createdBy: "a test" }] }],
    entrypoint: ["/bin/tiny"],
    labels: { title: "tiny" },
    epoch: 1_700_000_000,
    layout: join(dir, to),
    tar: join(dir, `${to}.tar`),
    ...more,
  };
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

test("an image of the same files has the same bytes, whenever they were made", async () => {
  const first = await writeImage(spec(folder("one", ["a", "b"], 1_000_000_000), "first"));
  const second = await writeImage(spec(folder("two", ["b", "a"], 1_600_000_000), "second"));
  expect(second).toBe(first);
  expect(readFileSync(join(dir, "second.tar")).equals(readFileSync(join(dir, "first.tar")))).toBe(true);
  const other = await writeImage(spec(folder("three", ["a", "c"], 1_000_000_000), "third"));
  expect(other).not.toBe(first);
});

test("every document of an image names what is there, by its digest and size", async () => {
  const from = folder("named", ["a"], 1);
  const layers = [{ from, createdBy: "a test" }];
  const images = ["amd64", "arm64"].map((architecture) => ({ architecture, layers }));
  const digest = await writeImage(spec(from, "layout", { images }));
  const blob = ({ digest: wanted, size }: Descriptor) => {
    const bytes = readFileSync(join(dir, "layout/blobs", wanted.replace(":", "/")));
    expect([digestOf(bytes), bytes.length]).toEqual([wanted, size]);
    return bytes;
  };
  const document = (descriptor: Descriptor) => JSON.parse(blob(descriptor).toString());
  const layout = JSON.parse(readFileSync(join(dir, "layout/index.json"), "utf8"));
  expect(layout.manifests[0]).toMatchObject({
    digest,
    annotations: { "org.opencontainers.image.ref.name": "1.2", "io.containerd.image.name": "localhost/tiny:1.2" },
  });
  const index = document(layout.manifests[0]);
  expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
    { architecture: "amd64", os: "linux" },
    { architecture: "arm64", os: "linux" },
  ]);
  for (const each of index.manifests) {
    const { config, layers: packed } = document(each);
    const { rootfs, config: run } = document(config);
    expect(run.Entrypoint).toEqual(["/bin/tiny"]);
    expect(rootfs.diff_ids).toEqual(packed.map((layer: Descriptor) => digestOf(Bun.gunzipSync(blob(layer)))));
  }
});

test("an image of a folder that is not there is refused and leaves the archive that was there", async () => {
  await writeImage(spec(folder("kept", ["a"], 1), "kept-image"));
  const before = readFileSync(join(dir, "kept-image.tar"));
  await expect(writeImage(spec(join(dir, "nowhere"), "kept-image"))).rejects.toThrow();
  expect(readFileSync(join(dir, "kept-image.tar")).equals(before)).toBe(true);
});
