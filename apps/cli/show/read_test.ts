// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { splitImage } from "./read.ts";

test.each([
  ["strait", "", "latest"],
  ["strait:1.2", "", "1.2"],
  ["registry.example/a/strait:1.2", "registry.example/a", "1.2"],
  ["registry.example:5000/strait", "registry.example:5000", "latest"],
  ["registry.example:5000/strait@sha256:0123", "registry.example:5000", "sha256:0123"],
  ["localhost/strait:1.2@sha256:0123", "localhost", "1.2"],
])("image %s is from %p in version %s", (image, repository, version) => {
  expect(splitImage(image)).toEqual({ repository, version });
});
