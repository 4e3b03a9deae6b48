// SPDX-License-Identifier: Apache-2.0
import { fromCString, positiveInt, u32 } from "./args.ts";
import { FdHandle, openPinnedFd, pinFd } from "./fd_handle.ts";
import { check } from "./kernel_error.ts";
import { decodeSkBuff, encodeSkBuff, SK_BUFF_SIZE, type SkBuffContext } from "./sk_buff.ts";
import { shim } from "./symbols.ts";

/** What the kernel knows of a loaded program (`struct bpf_prog_info`). */
export interface ProgramInfo {
  readonly id: number;
  /** At most 15 characters: the kernel cuts the rest. */
  readonly name: string;
  /** Hash over the instructions, 16 hex digits: the same tag means the same code. */
  readonly tag: string;
  /** `enum bpf_prog_type`; 3 is BPF_PROG_TYPE_SCHED_CLS. */
  readonly type: number;
  /** Instructions the verifier walked through, over all paths. The kernel's limit is a million. */
  readonly verifiedInstructions: number;
  readonly translatedBytes: number;
  readonly jitedBytes: number;
  readonly mapIds: readonly number[];
  /** ns since boot */
  readonly loadTime: bigint;
}

/** One BPF_PROG_TEST_RUN. */
export interface TestRun {
  /** The packet, Ethernet header first; at least 14 bytes. */
  readonly data: Uint8Array;
  /** How often the program runs over it (for timing); 1 by default. */
  readonly repeat?: number;
  readonly context?: Partial<SkBuffContext>;
}

/** What came out of it. */
export interface TestRunResult {
  /** The program's return value, signed: TC_ACT_UNSPEC is -1, TC_ACT_SHOT 2, TC_ACT_REDIRECT 7. */
  readonly verdict: number;
  readonly data: Uint8Array;
  /** Mean of one run. */
  readonly durationNs: number;
  readonly context: SkBuffContext;
}

/** A packet may grow by its encapsulation; more than this is no program of ours. */
const GROWTH = 4096;
const MOST_MAPS = 64;

/**
 * A loaded BPF program.
 *
 * @example
 * ```ts
 * const { verdict, data } = object.program("strait_pod").testRun({ data: packet, context: { ifindex: 1 } });
 * ```
 */
export class BpfProgram extends FdHandle {
  #info: ProgramInfo | undefined;

  /** Takes over a descriptor. */
  constructor(fd: number) {
    super("BpfProgram", positiveInt(fd, "program descriptor"));
  }

  /** KernelError ENOENT if nothing is pinned there. */
  static openPinned(path: string): BpfProgram {
    return new BpfProgram(openPinnedFd(path, "program"));
  }

  /** KernelError ENOENT if no loaded program has this id. */
  static openById(id: number): BpfProgram {
    return new BpfProgram(check(shim().strait_program_by_id(u32(id, "program id")), "open", `program ${id}`));
  }

  /** The kernel's number for it, while it is loaded. */
  get id(): number {
    return this.info().id;
  }

  /** See {@linkcode ProgramInfo.tag}. */
  get tag(): string {
    return this.info().tag;
  }

  info(): ProgramInfo {
    this.guard();
    this.#info ??= readInfo(this.fd);
    return this.#info;
  }

  /** KernelError EEXIST if something is pinned there already. */
  pin(path: string): void {
    pinFd(this.fd, path, `program ${this.info().name}`);
  }

  /** Runs the program over a packet without a network. KernelError EINVAL: the kernel refuses the packet or the context. */
  testRun({ data, repeat = 1, context = {} }: TestRun): TestRunResult {
    const out = new Uint8Array(data.length + GROWTH);
    const before = encodeSkBuff(context);
    const after = new Uint8Array(SK_BUFF_SIZE);
    const sizes = new Uint32Array([data.length, out.length, before.length]);
    const result = new Uint32Array(2);
    const code = shim().strait_program_test_run(this.fd, data, out, before, after, sizes, positiveInt(repeat, "repeat"), result);
    check(code, "run", `program ${this.info().name} over ${data.length} bytes`);
    const [verdict = 0, durationNs = 0] = result;
    return { verdict: verdict | 0, data: out.slice(0, sizes[1]), durationNs, context: decodeSkBuff(after) };
  }
}

function readInfo(fd: number): ProgramInfo {
  const raw = new Uint8Array(72);
  const ids = new Uint32Array(MOST_MAPS);
  check(shim().strait_program_info(fd, raw, ids, MOST_MAPS), "read the info of", `program descriptor ${fd}`);
  const [loadTime = 0n] = new BigUint64Array(raw.buffer, 0, 1);
  const words = new Uint32Array(raw.buffer, 24, 6);
  const [id = 0, type = 0, verifiedInstructions = 0, translatedBytes = 0, jitedBytes = 0, maps = 0] = words;
  return {
    id,
    name: fromCString(raw.subarray(56, 72)),
    tag: raw.subarray(48, 56).toHex(),
    type,
    verifiedInstructions,
    translatedBytes,
    jitedBytes,
    mapIds: [...ids.subarray(0, Math.min(maps, MOST_MAPS))],
    loadTime,
  };
}
