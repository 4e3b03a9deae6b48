// SPDX-License-Identifier: Apache-2.0
import { run } from "../command.ts";

export interface GoBuild {
  /** The `go` to use. */
  readonly go: string;
  /** Folder of the module. */
  readonly sources: string;
  /** The program in it: "." or the path of a package that go.mod names as a tool. */
  readonly program: string;
  readonly ldflags: string;
  /** The binary to make; it appears whole or not at all. */
  readonly output: string;
  /** Where modules and compiled packages are kept unless GOMODCACHE and GOCACHE say otherwise. */
  readonly cache: string;
  /** Told what is going on, one line at a time. */
  readonly say: (line: string) => void;
}

/** How often progress is told, in milliseconds. */
const EVERY = 15_000;

/**
 * Builds a Go program with progress, unless another process made it while this one waited for its turn: `flock` admits one build
 * at a time, and lets go of the lock when its process dies.
 */
export async function goBuild(build: GoBuild): Promise<void> {
  const env = goEnvironment(build.cache);
  build.say("not built yet; fetching the sources (hundreds of MB when none are there)");
  const wanted = (await run([build.go, "list", "-deps", build.program], { cwd: build.sources, env })).split("\n").length - 1;
  build.say(`building ${wanted} packages into ${build.output}; minutes on a cold machine`);
  const fresh = `${build.output}.building`;
  // Without debug information, which the linker would drop, compiling takes a seventh less.
  const flags = ["-v", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", `-ldflags=${build.ldflags}`];
  const script = 'test -x "$1" && exit 0; out=$1 fresh=$2; shift 2; "$@" && mv "$fresh" "$out"';
  const argv = ["flock", `${build.output}.lock`, "sh", "-c", script, "sh", build.output, fresh, build.go, "build", ...flags];
  const child = Bun.spawn([...argv, "-o", fresh, build.program], {
    cwd: build.sources,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  let compiled = 0;
  const other: string[] = [];
  const timer = setInterval(() => build.say(`${compiled} of ${wanted} packages compiled after ${seconds()} s`), EVERY);
  try {
    for await (const line of lines(child.stderr)) {
      // `go build -v` names each package when it is done with it; a line with a blank is a message.
      if (/^\S+$/.test(line)) compiled++;
      else other.push(line);
    }
  } finally {
    clearInterval(timer);
  }
  if ((await child.exited) !== 0) throw new Error(`go build in ${build.sources} failed:\n${other.slice(-40).join("\n")}`);
  build.say(`built in ${seconds()} s`);
}

/** No toolchain and no C compiler is fetched or wanted; the caches are writable, so that `rm -r .tools` is enough to be rid of them. */
function goEnvironment(cache: string): Record<string, string> {
  return {
    GOTOOLCHAIN: "local",
    CGO_ENABLED: "0",
    GOWORK: "off",
    // The compiler's processes are short: with fewer collections a cold build takes a seventh less processor time, and some more memory.
    GOGC: process.env["GOGC"] ?? "400",
    GOFLAGS: [process.env["GOFLAGS"], "-modcacherw", "-mod=readonly"].filter(Boolean).join(" "),
    GOMODCACHE: process.env["GOMODCACHE"] ?? `${cache}/go-mod`,
    GOCACHE: process.env["GOCACHE"] ?? `${cache}/go-build`,
  };
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
