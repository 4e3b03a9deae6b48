// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requires } from "@strait/testkit";
import { shimPath } from "../shim_path.ts";
import { clang } from "./compile.ts";

/** Why tests that load BPF cannot run here; undefined if they can. */
export const unfit = requires({ root: true, commands: ["ip", "mount", "gcc", clang], files: [shimPath()] });

/** Runs a command; throws with its words if it fails. */
export function sh(...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}

/** A bpffs of a test's own; disposal unmounts and removes it, pins and all. */
export function ownBpffs(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "st-ffi-"));
  sh("mount", "-t", "bpf", "bpf", path);
  return {
    path,
    [Symbol.dispose]() {
      sh("umount", path);
      rmdirSync(path);
    },
  };
}

let made = 0;

/** A pair of interfaces of a test's own, both up, in the namespace of this process; disposal removes it. */
export function ownVeth(): Disposable & { readonly name: string; readonly peer: string; readonly ifindex: number } {
  const name = `stf${process.pid}x${made++}`;
  const peer = `${name}p`;
  sh("ip", "link", "add", name, "type", "veth", "peer", "name", peer);
  sh("ip", "link", "set", name, "up");
  sh("ip", "link", "set", peer, "up");
  const [{ ifindex }] = JSON.parse(sh("ip", "-j", "link", "show", name)) as [{ ifindex: number }];
  return {
    name,
    peer,
    ifindex,
    [Symbol.dispose]() {
      Bun.spawnSync(["ip", "link", "del", name]); // a test may have removed it already
    },
  };
}

/** 4 and 8 bytes of the host's order. */
export const u32Bytes = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
export const u64Bytes = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([value]).buffer);
export const toU32 = (bytes: Uint8Array | undefined): number | undefined => bytes && new Uint32Array(bytes.slice().buffer)[0];
export const toU64 = (bytes: Uint8Array | undefined): bigint | undefined => bytes && new BigUint64Array(bytes.slice().buffer)[0];
