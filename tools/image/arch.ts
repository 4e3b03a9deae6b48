// SPDX-License-Identifier: Apache-2.0

/** A processor that the image is built for, in the words of each tool. */
export interface Arch {
  /** Debian's and OCI's. */
  readonly name: "amd64" | "arm64";
  /** What `bun build --compile` takes. */
  readonly bunTarget: string;
  /** The C compiler of that architecture. */
  readonly gcc: string;
  /** Folder of its libraries below /usr/lib. */
  readonly triplet: string;
}

export const arches: readonly Arch[] = [
  { name: "amd64", bunTarget: "bun-linux-x64", gcc: "x86_64-linux-gnu-gcc", triplet: "x86_64-linux-gnu" },
  { name: "arm64", bunTarget: "bun-linux-arm64", gcc: "aarch64-linux-gnu-gcc", triplet: "aarch64-linux-gnu" },
];
