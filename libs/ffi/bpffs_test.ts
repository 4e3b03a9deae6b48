// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeIf } from "@strait/testkit";
import { bpffsMounted } from "./bpffs.ts";
import { ownBpffs, unfit } from "./testing/place.ts";

describeIf(unfit)("bpffsMounted", () => {
  test("tells a bpffs, and what would lie on it, from other places", () => {
    using bpffs = ownBpffs();
    expect(bpffsMounted(bpffs.path)).toBe(true);
    expect(bpffsMounted(join(bpffs.path, "not", "made", "yet"))).toBe(true);
    expect(bpffsMounted(tmpdir())).toBe(false);
    expect(bpffsMounted("/nowhere")).toBe(false);
  });
});
