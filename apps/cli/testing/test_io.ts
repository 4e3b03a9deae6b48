// SPDX-License-Identifier: Apache-2.0
import type { Io } from "../io.ts";

/** An Io that keeps what is written. */
export interface TestIo extends Io {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** An Io without a terminal. Example: `testIo({ env: { KUBECONFIG: path } })`. */
export function testIo(more: Partial<Io> = {}): TestIo {
  let out = "";
  let err = "";
  return {
    env: {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interactive: false,
    now: () => 0,
    ask: () => undefined,
    signal: new AbortController().signal,
    stdout: () => out,
    stderr: () => err,
    ...more,
  };
}
