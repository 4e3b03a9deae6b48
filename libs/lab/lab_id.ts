// SPDX-License-Identifier: Apache-2.0

/** Everything a lab keeps on disk lies in `<RUN_DIR>/<id>`. */
const RUN_DIR = "/run/strait-lab";

/** The disks of real nodes lie in `<DISKS>/<id>`: not below /run, a tmpfs, as images want room and overlayfs a file system of its own. */
const DISKS = "/var/lib/strait-lab";

let counter = 0;

/** An id nobody else on this machine uses now: pid, five digits wide so that no two run together, and a counter, in base 36. */
export function nextLabId(): string {
  return `${process.pid.toString(36).padStart(5, "0")}${(counter++).toString(36)}`;
}

/** True for what can be a lab's id. */
export function isLabId(text: string): boolean {
  return /^[a-z0-9]{1,8}$/.test(text);
}

/** Refuses an id that could be mistaken for another one's prefix: throws TypeError. */
export function checkLabId(id: string): string {
  if (!isLabId(id)) throw new TypeError(`lab id "${id}": must be 1 to 8 lower-case letters and digits`);
  return id;
}

/** What the name of every namespace of lab `id` begins with. An id holds no dash, so no lab's prefix is another's. */
export function namespacePrefix(id: string): string {
  return `st${id}-`;
}

/** The directory of lab `id`: sockets, logs, configuration, CNI state, one bpffs per node. */
export function labDir(id: string): string {
  return `${RUN_DIR}/${id}`;
}

/** The directory of the disks of lab `id`'s real nodes. */
export function disksOf(id: string): string {
  return `${DISKS}/${id}`;
}
