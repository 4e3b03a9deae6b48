// SPDX-License-Identifier: Apache-2.0
import type { ClusterFile } from "@strait/model";

/**
 * Where an app takes what it works by: a config file, or the objects of a Kubernetes cluster. It holds the last value that
 * was accepted; what is refused or out of reach never takes that away.
 *
 * @example
 * source.onChange = () => loop.request("config");
 * source.start();
 * const file = source.file; // undefined until the first one came
 */
export interface NodeSource {
  /** The file's path, or "https://… (Kubernetes)". */
  readonly origin: string;
  /** The last accepted; undefined until the first one came: then nothing is applied and nothing removed. */
  readonly file: ClusterFile | undefined;
  /** Why the newest input was refused, or what keeps it from coming, one sentence each; empty where all is well. */
  readonly reasons: readonly string[];
  /** Told after `file` or `reasons` changed. Set by the app. */
  onChange: () => void;
  /** Begins to watch. Safe to call again: a watch that was lost is set up anew. */
  start(): void;
  /** Looks again now. */
  read(): void;
  /** Ends it. The value stays readable. */
  close(): void;
}
