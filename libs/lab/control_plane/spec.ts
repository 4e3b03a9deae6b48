// SPDX-License-Identifier: Apache-2.0
import type { Namespace } from "../namespace.ts";
import type { ControlPlaneKind } from "./kind.ts";

export interface ControlPlaneSpec {
  readonly kind: ControlPlaneKind;
  /** Name of the cluster in the kubeconfig; "lab" where absent. */
  readonly name?: string;
  /** Network namespace of the servers; this process' own where absent. */
  readonly ns?: Namespace;
  /** Folder of data, certificates, logs and the kubeconfig. Made where it is not there; its content survives {@link ControlPlane.stop}. */
  readonly dir: string;
  /** Address the API server listens on and is reached at; 127.0.0.1 where absent. */
  readonly address?: string;
  /** Its port; a free one where absent, which only makes sense without a namespace. */
  readonly port?: number;
  /** Further names and addresses that clients reach it by. */
  readonly names?: readonly string[];
  /** Service ranges, one or one per family; the first address of each is the API server's own Service. */
  readonly serviceCidrs?: readonly string[];
  /** Goes on when this process ends, as the servers of a lab that is kept do. */
  readonly outlive?: boolean;
  /** Whether a real one has a kube-scheduler; where it has none, somebody else binds the pods. */
  readonly scheduler?: boolean;
  /** Added to the API server's command line. */
  readonly flags?: readonly string[];
  /** Added to the servers' environment. */
  readonly env?: Readonly<Record<string, string>>;
}
