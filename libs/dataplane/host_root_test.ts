// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { hostPath } from "./host_root.ts";

test.each([
  [{}, "/sys"],
  [{ STRAIT_HOST_ROOT: "/mnt/host" }, "/mnt/host/sys"],
  [{ STRAIT_HOST_ROOT: "/" }, "/sys"],
])("hostPath of /sys with %j is %s", (env, path) => {
  expect(hostPath("/sys", env)).toBe(path);
});
