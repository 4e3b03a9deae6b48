// SPDX-License-Identifier: Apache-2.0
/**
 * OCI images without a container engine: layers packed from folders, the documents that name them, and one archive of it all. The same
 * files give the same bytes.
 *
 * @module
 */
export { type Descriptor, type Document, digestOf, type Layer } from "./documents.ts";
export { type ArchImage, type ImageSpec, writeImage } from "./write_image.ts";
