// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's door: BPF objects, programs, maps, attachments, netlink sockets and a few system calls, through `bun:ffi` and
 * the C shim in `native/`. Nothing else in the repository imports `bun:ffi`.
 *
 * Every handle closes (`using`), use after close throws, and `openHandles()` counts what is open. What the kernel refuses is
 * a `KernelError`; a caller's mistake is a TypeError or RangeError. Everything acts in the network namespace of the process.
 *
 * @module
 */

export { BpfMap, type MapEntry, possibleCpus, type UpdateMode } from "./bpf_map.ts";
export { BpfObject, type BpfObjectOptions } from "./bpf_object.ts";
export { BpfProgram, type ProgramInfo, type TestRun, type TestRunResult } from "./bpf_program.ts";
export { bpffsMounted } from "./bpffs.ts";
export { monotonicMs, processCpuMs } from "./clock.ts";
export { CLSACT_HANDLE, CLSACT_PRIORITY } from "./clsact.ts";
export { ethtoolFeatures, type Feature, setEthtoolFeatures } from "./ethtool.ts";
export { FileLock } from "./file_lock.ts";
export { openHandles, openHandlesByKind } from "./handle.ts";
export { type IcmpListener, type IcmpSend, IcmpSocket } from "./icmp_socket.ts";
export { check, KernelError, type KernelErrorOptions } from "./kernel_error.ts";
export { listenNetlink, type NetlinkListener, type NetlinkListening } from "./listen_netlink.ts";
export type { MapInfo } from "./map_info.ts";
export type { ScanOptions } from "./map_scan.ts";
export { NetlinkFd } from "./netlink_fd.ts";
export { RingBuffer } from "./ring_buffer.ts";
export { buildDir, shimPath } from "./shim_path.ts";
export { decodeSkBuff, encodeSkBuff, SK_BUFF_SIZE, type SkBuffContext } from "./sk_buff.ts";
export { attachTc, detachTc, queryTc } from "./tc.ts";
export type { AttachedProgram, Direction, TcAttach, TcLink } from "./tc_link.ts";
export { tcxSupported } from "./tcx.ts";
export { createTun } from "./tun.ts";
