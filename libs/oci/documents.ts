// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

/** A blob as others refer to it (OCI image spec, descriptor). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: "linux" };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A layer that was packed: as stored, and as it unpacks. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the tar archive before compression. */
  readonly diffId: string;
  /** For `docker history`. */
  readonly createdBy: string;
}

/** A JSON document with the descriptor that names it. */
export interface Document {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

/** "sha256:…" of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function document(mediaType: string, value: unknown): Document {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

export interface ImageParts {
  readonly architecture: string;
  readonly layers: readonly Layer[];
  readonly entrypoint: readonly string[];
  /** ISO 8601; the commit's time, so that the same sources give the same image. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Config and manifest of the image of one architecture. Pure: the same parts give the same bytes. */
export function imageOf({ architecture, layers, entrypoint, created, labels }: ImageParts): {
  readonly config: Document;
  readonly manifest: Document;
} {
  const config = document(CONFIG_TYPE, {
    created,
    architecture,
    os: "linux",
    config: { Env: ["PATH=/usr/bin:/bin"], Entrypoint: entrypoint, WorkingDir: "/", Labels: labels },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  });
  const manifest = document(MANIFEST_TYPE, {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: config.descriptor,
    layers: layers.map((layer) => layer.descriptor),
    annotations: labels,
  });
  return { config, manifest };
}

/** The index over all architectures, and the index.json of a layout that holds it under a name. */
export function indexOf(
  images: readonly { readonly architecture: string; readonly manifest: Document }[],
  name: string,
): { readonly index: Document; readonly layoutIndex: string } {
  const manifests = images.map(({ architecture, manifest }) => ({
    ...manifest.descriptor,
    platform: { architecture, os: "linux" as const },
  }));
  const index = document(INDEX_TYPE, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests });
  const tag = name.slice(name.lastIndexOf(":") + 1);
  const annotations = { "org.opencontainers.image.ref.name": tag, "io.containerd.image.name": name };
  const layoutIndex = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [{ ...index.descriptor, annotations }],
  });
  return { index, layoutIndex };
}
