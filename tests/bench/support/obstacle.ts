// SPDX-License-Identifier: Apache-2.0
import { labObstacle } from "@strait/lab";

/** The one-line reason why nothing can be measured on this machine, or undefined where it can. */
export function benchObstacle(): string | undefined {
  const absent = ["iperf3", "gcc"].filter((program) => Bun.which(program) === null);
  return labObstacle() ?? (absent.length === 0 ? undefined : `not installed: ${absent.join(", ")}`);
}
