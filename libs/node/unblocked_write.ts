// SPDX-License-Identifier: Apache-2.0
import { constants, fstatSync, openSync, writeSync } from "node:fs";

/**
 * Writes texts to a descriptor, and loses what a pipe has no room for: a container's log goes through one, which fills up while the
 * runtime is away, and whoever then waited for a reader would stand still with all that he does.
 *
 * @example
 * const write = unblockedWrite(2);
 * write("time=… msg=applied\n");
 */
export function unblockedWrite(fd: number): (text: string) => void {
  let target: number | undefined;
  /** Whether a text was cut off. */
  let torn = false;
  return (text) => {
    target ??= unblocked(fd);
    const bytes = Buffer.from(torn ? `\n${text}` : text);
    try {
      torn = writeSync(target, bytes) < bytes.length;
    } catch {
      // A reader that is gone or asleep (EPIPE, EAGAIN) must not stop a dataplane; the line is lost, /status still tells.
    }
  };
}

/** Another way to the same pipe: to set that one's own flag would be to set it for everybody who has it. Anything else as it is. */
function unblocked(fd: number): number {
  try {
    if (fstatSync(fd).isFIFO()) return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // Another user's pipe, perhaps, which may be written to and not opened.
  }
  return fd;
}
