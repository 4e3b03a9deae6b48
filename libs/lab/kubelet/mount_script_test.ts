// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { type Mount, mountScript, quote } from "./mount_script.ts";

const THERE = new Set(["/", "/var", "/var/lib", "/etc"]);

function script(...mounts: readonly Mount[]) {
  return mountScript({ root: "/r", overlay: "/r/overlay/x", mounts, exists: (path) => THERE.has(path) });
}

function lines(...mounts: readonly Mount[]): readonly string[] {
  const result = script(...mounts);
  if (!result.ok) throw new Error(result.reason);
  return result.value.trimEnd().split("\n");
}

describe("the script of a container's files", () => {
  test("covers /dev and /run last, when the volumes are bound, and becomes the container", () => {
    const all = lines({ source: "/pods/v", target: "/var/run/secrets/x", readOnly: true });
    expect(all.slice(-4)).toEqual([
      "mount -o rbind,ro '/pods/v' '/r/run/secrets/x'",
      "mount --rbind '/r/dev' /dev",
      "mount --rbind '/r/run' /run",
      'exec "$@"',
    ]);
  });

  test("binds over a folder that is there without an overlay", () => {
    expect(lines({ source: "/s", target: "/etc", readOnly: false }).join("\n")).not.toContain("overlay");
  });

  test("makes a folder that is not there in an overlay of the nearest one above, once", () => {
    const all = lines(
      { source: "/s", target: "/var/lib/cni/a", readOnly: false },
      { source: "/t", target: "/var/lib/b", readOnly: false },
    );
    expect(all.filter((line) => line.includes("-t overlay"))).toEqual([
      "mount -t overlay -o 'lowerdir=/var/lib,upperdir=/r/overlay/x/0/upper,workdir=/r/overlay/x/0/work' overlay '/var/lib'",
    ]);
  });

  test("is refused for a new folder in /", () => {
    expect(script({ source: "/s", target: "/data", readOnly: false })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("mountPath /data"),
    });
  });

  test("quotes what a shell would read", () => {
    expect(quote("a'b $x")).toBe("'a'\\''b $x'");
  });
});
