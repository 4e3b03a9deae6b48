// SPDX-License-Identifier: Apache-2.0
/**
 * Builds the real Kubernetes of tests/kube into .tools/kube when it is not there, and says on stderr what it does.
 * Minutes on a cold machine, nothing when it is current.
 *
 * @example
 * ```sh
 * bun run tools/build_kube.ts
 * ```
 */
import { ensureKube } from "@strait/lab";

try {
  await ensureKube();
} catch (error) {
  console.error(`kube: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
