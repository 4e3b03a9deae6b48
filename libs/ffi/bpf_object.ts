// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cString, fromCStrings, scalarBytes, u32 } from "./args.ts";
import { BpfMap } from "./bpf_map.ts";
import { BpfProgram } from "./bpf_program.ts";
import { bpffsMounted } from "./bpffs.ts";
import { FileLock } from "./file_lock.ts";
import { Handle } from "./handle.ts";
import { KernelError } from "./kernel_error.ts";
import { takeLog } from "./libbpf_log.ts";
import { shim } from "./symbols.ts";

const ENOENT = -2;

/** What is decided before the kernel sees the programs. */
export interface BpfObjectOptions {
  /** Values of `const volatile` integers by their C name. A name the object lacks, or a value that does not fit, is an error. */
  readonly config?: Readonly<Record<string, number | bigint | boolean>>;
  /** `max_entries` by map name. */
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** Maps that exist already, to use instead of new ones; they must have the same shape. */
  readonly reuse?: Readonly<Record<string, BpfMap>>;
  /** Directory on a bpffs: each map is taken from its pin there, by name, or made and pinned. */
  readonly pinDir?: string;
  /** Maps that stay out of `pinDir`. */
  readonly unpinned?: readonly string[];
  /** Only these programs are loaded; all of them by default. */
  readonly programs?: readonly string[];
}

/**
 * A compiled BPF object file: open it with its settings, then {@linkcode BpfObject.load} it. Its programs and maps are
 * closed with it; what is attached or pinned stays.
 *
 * @example
 * ```ts
 * using object = BpfObject.open("build/bpf/encap.o", { config: { intra_port: 4800 }, pinDir: "/sys/fs/bpf/strait/v1" });
 * object.load();
 * object.program("strait_pod").testRun({ data: packet });
 * ```
 */
export class BpfObject extends Handle {
  readonly #handle: bigint;
  readonly #label: string;
  readonly #pinDir: string | undefined;
  readonly #programs = new Map<string, BpfProgram>();
  readonly #maps = new Map<string, BpfMap>();
  #loaded = false;

  private constructor(handle: bigint, label: string, pinDir: string | undefined) {
    super("BpfObject");
    this.#handle = handle;
    this.#label = label;
    this.#pinDir = pinDir;
  }

  /**
   * Reads an object file, or takes its bytes. TypeError or RangeError if an option names what is not there or a value
   * does not fit; KernelError if it is no BPF object.
   */
  static open(source: string | Uint8Array, options: BpfObjectOptions = {}): BpfObject {
    const bytes = typeof source === "string" ? readFileSync(source) : source;
    if (bytes.length === 0) throw new TypeError("a BPF object file cannot be empty");
    const name = typeof source === "string" ? basename(source, ".o") : "strait";
    const out = new BigUint64Array(1);
    const code = shim().strait_object_open(bytes, bytes.length, cString(name), out);
    const log = takeLog();
    if (code < 0) throw new KernelError("open", `BPF object ${name}`, -code, { log });
    const object = new BpfObject(out[0] ?? 0n, name, options.pinDir);
    try {
      object.#apply(options);
    } catch (error) {
      object.close();
      throw error;
    }
    return object;
  }

  /** Names of the programs in the file. */
  get programNames(): string[] {
    return this.#names((out) => shim().strait_object_programs(this.#handle, out, out.length));
  }

  /** Names of the maps the file declares; those made for its sections (.rodata, .bss) are not among them. */
  get mapNames(): string[] {
    return this.#names((out) => shim().strait_object_maps(this.#handle, out, out.length, 0));
  }

  /**
   * Makes or finds the maps, has the programs verified and loads them.
   * @throws KernelError whose `log` is all that libbpf and the verifier said.
   */
  load(): void {
    this.guard();
    if (this.#loaded) throw new TypeError(`BPF object ${this.#label} is loaded already`);
    // Two processes that start together must not both find no pin and then both make one.
    using _lock = this.#pinDir === undefined ? undefined : lockedDirectory(this.#pinDir);
    const code = shim().strait_object_load(this.#handle);
    const log = takeLog();
    if (code < 0) {
      throw loadError(this.#label, -code, log);
    }
    this.#loaded = true;
  }

  /** A loaded program; the object keeps it and closes it. TypeError if there is none of that name. */
  program(name: string): BpfProgram {
    return this.#part(this.#programs, name, "program", (fd) => new BpfProgram(fd), shim().strait_object_program_fd);
  }

  /** A map; the object keeps it and closes it. TypeError if there is none of that name. */
  map(name: string): BpfMap {
    return this.#part(this.#maps, name, "map", (fd) => new BpfMap(fd), shim().strait_object_map_fd);
  }

  protected release(): void {
    for (const part of [...this.#programs.values(), ...this.#maps.values()]) part.close();
    shim().strait_object_close(this.#handle);
  }

  #apply({ config = {}, maxEntries = {}, reuse = {}, pinDir, unpinned = [], programs }: BpfObjectOptions): void {
    for (const [name, value] of Object.entries(config)) this.#configure(name, value);
    for (const [name, entries] of Object.entries(maxEntries)) {
      this.#set(
        "map",
        name,
        shim().strait_object_set_max_entries(this.#handle, cString(name), u32(entries, `maxEntries of ${name}`)),
      );
    }
    const reused = new Set(Object.keys(reuse));
    for (const [name, map] of Object.entries(reuse)) {
      this.#sameShape(name, map);
      this.#set("map", name, shim().strait_object_reuse(this.#handle, cString(name), map.fd));
    }
    for (const name of unpinned) if (!this.mapNames.includes(name)) this.#set("map", name, ENOENT);
    for (const name of pinDir === undefined ? [] : this.mapNames) {
      if (reused.has(name) || unpinned.includes(name)) continue;
      this.#set("map", name, shim().strait_object_set_pin(this.#handle, cString(name), cString(join(pinDir ?? "", name))));
    }
    if (programs === undefined) return;
    for (const name of programs) if (!this.programNames.includes(name)) this.#set("program", name, ENOENT);
    for (const name of this.programNames) {
      this.#set("program", name, shim().strait_object_set_autoload(this.#handle, cString(name), programs.includes(name) ? 1 : 0));
    }
  }

  #sameShape(name: string, map: BpfMap): void {
    const out = new Uint32Array(5);
    this.#set("map", name, shim().strait_object_map_shape(this.#handle, cString(name), out));
    const { type, keySize, valueSize, maxEntries, flags } = map.info();
    if ([type, keySize, valueSize, maxEntries, flags].every((value, index) => value === out[index])) return;
    throw new TypeError(`map ${map.info().name} cannot serve as ${name} of BPF object ${this.#label}: its shape differs`);
  }

  #configure(name: string, value: number | bigint | boolean): void {
    const found = new Uint32Array(3);
    const code = shim().strait_object_config(this.#handle, cString(name), found);
    if (code === ENOENT) throw new TypeError(`BPF object ${this.#label} has no const volatile ${name}`);
    if (code < 0) throw new TypeError(`${name} of BPF object ${this.#label} is no integer`);
    const [offset = 0, size = 0, signed = 0] = found;
    const bytes = scalarBytes(typeof value === "boolean" ? Number(value) : value, size, signed === 1, name);
    this.#set("section", ".rodata", shim().strait_object_configure(this.#handle, offset, bytes, size));
  }

  #set(kind: string, name: string, code: number): void {
    if (code === ENOENT) throw new TypeError(`BPF object ${this.#label} has no ${kind} ${name}`);
    if (code < 0) throw new KernelError("set up", `${kind} ${name} of BPF object ${this.#label}`, -code, { log: takeLog() });
  }

  #names(fill: (out: Uint8Array) => number): string[] {
    this.guard();
    for (let room = 4096; ; room *= 4) {
      const out = new Uint8Array(room);
      const used = fill(out);
      if (used >= 0) return fromCStrings(out.subarray(0, used));
    }
  }

  #part<T>(
    cache: Map<string, T>,
    name: string,
    kind: string,
    make: (fd: number) => T,
    find: (handle: bigint, name: Uint8Array) => number,
  ): T {
    this.guard();
    const known = cache.get(name);
    if (known !== undefined) return known;
    if (!this.#loaded) throw new TypeError(`BPF object ${this.#label} is not loaded: its ${kind} ${name} does not exist yet`);
    const fd = find(this.#handle, cString(name));
    this.#set(kind, name, fd);
    const part = make(fd);
    cache.set(name, part);
    return part;
  }
}

/** Finds in libbpf's words which part it was. */
function loadError(label: string, errno: number, log: string): KernelError {
  const program = /prog '([^']+)': BPF program load failed/.exec(log)?.[1];
  const pin = /couldn't reuse pinned map at '([^']+)'/.exec(log)?.[1];
  const options = pin === undefined ? { log } : { log, detail: `${pin} is a map of another shape` };
  return new KernelError("load", `BPF object ${label}${program === undefined ? "" : `, program ${program}`}`, errno, options);
}

function lockedDirectory(path: string): FileLock {
  if (!bpffsMounted(path)) {
    throw new KernelError("pin", `maps in ${path}`, 22, { detail: "that is no bpffs: mount one there with -t bpf" });
  }
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return FileLock.take(path);
}
