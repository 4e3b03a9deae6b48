// SPDX-License-Identifier: Apache-2.0
/**
 * One virtual machine: a qemu process, its console and its message port.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "bun";
import type { Image } from "./image.ts";
import type { Kernel } from "./kernel.ts";
import { LineReader, type Order, type Report } from "./protocol.ts";
import type { RunResult } from "./run.ts";

/** What to boot, and how large. */
export interface BootOptions {
  readonly kernel: Kernel;
  readonly image: Image;
  /** Tar file with the working tree, see tree.ts. */
  readonly tree: string;
  /** Default 2. */
  readonly cpus?: number;
  /** Default 3072. */
  readonly memoryMiB?: number;
  /** qemu's accelerator. Default `tcg,thread=multi`, which works everywhere. */
  readonly accelerator?: string;
  /** Ends the machine at any time, also while it boots. */
  readonly signal?: AbortSignal;
}

interface Pending {
  stdout: string;
  stderr: string;
  readonly onOutput: ((text: string) => void) | undefined;
  readonly resolve: (result: RunResult) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A booted machine whose agent answers.
 *
 * @example
 * await using vm = await Vm.boot({ kernel, image, tree });
 * const { stdout } = await vm.run(["uname", "-r"]);
 */
export class Vm implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "st-vm-"));
  readonly #pending = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<Extract<Report, { kind: "ready" }>>();
  readonly #ended: Promise<void>;
  readonly #qemu: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #listener: { stop(closeActiveConnections?: boolean): void };
  #socket: Socket<undefined> | undefined;
  #unsent = new Uint8Array(0);
  #console = "";
  #nextId = 1;
  #over = false;
  /** Kernel release and Bun version as the guest tells them. */
  hello: Extract<Report, { kind: "ready" }> = { kind: "ready", release: "", bun: "" };

  private constructor(options: BootOptions) {
    const path = join(this.#folder, "port.sock");
    const lines = new LineReader();
    // qemu connects to us: no moment exists in which the guest could speak and nobody listens.
    this.#listener = Bun.listen<undefined>({
      unix: path,
      socket: {
        open: (socket) => {
          this.#socket = socket;
          this.#flush();
        },
        data: (_, bytes) => {
          for (const line of lines.push(bytes)) this.#take(JSON.parse(line) as Report);
        },
        drain: () => this.#flush(),
      },
    });
    this.#qemu = Bun.spawn(["qemu-system-x86_64", ...qemuArguments(options, path)], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      ...(options.signal === undefined ? {} : { signal: options.signal, killSignal: "SIGKILL" }),
    });
    this.#ended = this.#watch(options.signal);
  }

  /** Starts qemu and waits until the agent inside says it is ready. Rejects with the console's text if the machine ends first. */
  static async boot(options: BootOptions): Promise<Vm> {
    options.signal?.throwIfAborted();
    const vm = new Vm(options);
    try {
      vm.hello = await vm.#ready.promise;
    } catch (error) {
      await vm[Symbol.asyncDispose]();
      throw error;
    }
    return vm;
  }

  /** Whether qemu still runs. */
  get alive(): boolean {
    return !this.#over;
  }

  /** All that the kernel and init printed on the serial console so far. */
  get console(): string {
    return this.#console;
  }

  /**
   * Runs a program in the guest, in the root of the unpacked working tree.
   *
   * @param options.onOutput gets output of both streams as it comes
   * @throws when the machine dies meanwhile (with the end of its console), or by `signal`
   */
  async run(
    argv: readonly string[],
    options: {
      readonly env?: Readonly<Record<string, string>>;
      readonly onOutput?: (text: string) => void;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<RunResult> {
    options.signal?.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
    this.#pending.set(id, { stdout: "", stderr: "", onOutput: options.onOutput, resolve, reject });
    const abort = (): void => {
      this.#send({ kind: "kill", id });
      reject(options.signal?.reason);
    };
    options.signal?.addEventListener("abort", abort, { once: true });
    this.#send({ kind: "run", id, argv, env: options.env ?? {} });
    try {
      return await promise;
    } finally {
      options.signal?.removeEventListener("abort", abort);
      this.#pending.delete(id);
    }
  }

  /** Ends qemu and removes what it left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#qemu.kill("SIGKILL");
    await this.#ended;
    this.#listener.stop(true);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #watch(signal: AbortSignal | undefined): Promise<void> {
    const decoder = new TextDecoder();
    const errors = this.#qemu.stderr.text();
    for await (const bytes of this.#qemu.stdout) {
      // The serial line ends its lines as a terminal wants them.
      this.#console += decoder.decode(bytes, { stream: true }).replaceAll("\r", "");
    }
    await this.#qemu.exited;
    this.#over = true;
    const reason = signal?.aborted
      ? signal.reason
      : new VmEnded(
          `qemu ended with ${this.#qemu.signalCode ?? `status ${this.#qemu.exitCode}`}\n${await errors}`,
          this.#console,
        );
    this.#ready.reject(reason);
    // Nobody waits for it after a boot that went well.
    this.#ready.promise.catch(() => undefined);
    for (const pending of this.#pending.values()) pending.reject(reason);
  }

  #take(report: Report): void {
    if (report.kind === "ready") {
      this.#ready.resolve(report);
      return;
    }
    const pending = this.#pending.get(report.id);
    if (report.kind === "exit") pending?.resolve({ exit: report.exit, stdout: pending.stdout, stderr: pending.stderr });
    else if (pending) {
      pending[report.stream] += report.text;
      pending.onOutput?.(report.text);
    }
  }

  #send(order: Order): void {
    const bytes = new TextEncoder().encode(`${JSON.stringify(order)}\n`);
    this.#unsent = new Uint8Array(Buffer.concat([this.#unsent, bytes]));
    this.#flush();
  }

  #flush(): void {
    if (!this.#socket || this.#unsent.length === 0) return;
    this.#unsent = this.#unsent.slice(this.#socket.write(this.#unsent));
  }
}

/** The machine ended though nobody asked it to: panic, power-off or a qemu that could not start. */
export class VmEnded extends Error {
  override readonly name = "VmEnded";

  /** @param console all that the serial console showed; the message has its last lines */
  constructor(
    qemuErrors: string,
    readonly console: string,
  ) {
    const tail = console.trimEnd().split("\n").slice(-80).join("\n");
    super(`the virtual machine ended by itself\n${qemuErrors.trim()}\n${tail}`.replace(/\n\n+/g, "\n"));
  }
}

/** The command line of qemu, without the program's name. Disks are opened as snapshots: no run changes them. */
export function qemuArguments(options: BootOptions, portSocket: string): string[] {
  const disk = (file: string): string => `file=${file},format=raw,if=virtio,snapshot=on`;
  return [
    // All the emulator can do (Bun wants AVX2) but five-level page tables, which only make every page walk longer.
    ...[
      "-machine",
      "q35,graphics=off,vmport=off,sata=off",
      "-accel",
      options.accelerator ?? "tcg,thread=multi",
      "-cpu",
      "max,-la57",
    ],
    ...["-smp", String(options.cpus ?? 2), "-m", String(options.memoryMiB ?? 3072)],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...["-kernel", options.kernel.image, "-initrd", options.image.initramfs],
    // A panic ends qemu at once (-no-reboot), with the kernel's last words on the console.
    ...["-append", "console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off nokaslr"],
    ...["-drive", disk(options.image.root), "-drive", disk(options.tree)],
    ...["-device", "virtio-serial-pci", "-chardev", `socket,id=port,path=${portSocket}`],
    ...["-device", "virtserialport,chardev=port,nr=1,name=strait"],
  ];
}
