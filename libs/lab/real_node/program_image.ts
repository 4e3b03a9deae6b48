// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { writeImage } from "@strait/oci";

export interface ProgramImage {
  /** With its tag. */
  readonly image: string;
  /** The program's name, which is also the path it has inside. */
  readonly program: string;
  /** The archive to make. */
  readonly tar: string;
  /** Puts the static program at a path. Called only where there is no archive yet. */
  readonly put: (path: string) => Promise<unknown>;
}

const making = new Map<string, Promise<string>>();

/**
 * The archive of an image that has one static program and nothing else, made at the first call. Clusters that start together, in
 * this process or another, all ask for it: it appears whole or not at all.
 *
 * @example
 * const tar = await programImage({ image: "pause:1", program: "pause", tar: "build/pause.tar", put: (path) => compile(path) });
 */
export function programImage(wanted: ProgramImage): Promise<string> {
  const before = making.get(wanted.tar);
  if (before) return before;
  const made = make(wanted);
  making.set(wanted.tar, made);
  // What kept it from being made may be over when the next one asks.
  made.catch(() => making.delete(wanted.tar));
  return made;
}

async function make({ image, program, tar, put }: ProgramImage): Promise<string> {
  if (existsSync(tar)) return tar;
  const work = `${tar}.${process.pid}`;
  try {
    await mkdir(`${work}/files`, { recursive: true });
    await put(`${work}/files/${program}`);
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    await writeImage({
      name: image,
      images: [{ architecture, layers: [{ from: `${work}/files`, createdBy: program }] }],
      entrypoint: [`/${program}`],
      labels: {},
      epoch: 0,
      layout: `${work}/oci`,
      tar: `${work}/image.tar`,
    });
    await rename(`${work}/image.tar`, tar);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return tar;
}
