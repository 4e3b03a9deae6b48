// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type ConfigMap, ConfigMapKind, Informer, type Secret, SecretKind } from "@strait/k8s";
import { type ObjectRef, objectsOf } from "./pod_objects.ts";
import type { KubeletPod } from "./pod_types.ts";

interface Watched {
  readonly informer: Informer<Secret> | Informer<ConfigMap>;
  readonly users: Map<string, () => void>;
}

/**
 * The Secrets and ConfigMaps that this node's pods mount, each followed on its own, as a kubelet does: a changed one reaches
 * the pod's files.
 *
 * @example
 * watches.use(pod, () => worker.kick());
 * watches.missing(pod); // [] once everything the pod needs was read
 * watches.lookup("submariner-operator")("secret", "submariner-broker-secret"); // { token: …, "ca.crt": … }
 */
export class ObjectWatches {
  readonly #client: ApiClient;
  readonly #ca: string;
  readonly #watched = new Map<string, Watched>();

  /** @param ca what every namespace's ConfigMap kube-root-ca.crt holds */
  constructor(client: ApiClient, ca: string) {
    this.#client = client;
    this.#ca = ca;
  }

  /** Follows what a pod needs until {@link drop}; `onChange` is told of changes. */
  use(pod: KubeletPod, onChange: () => void): void {
    for (const ref of followed(pod)) {
      const key = keyOf(pod.metadata.namespace, ref);
      const watched = this.#watched.get(key) ?? this.#watch(key, pod.metadata.namespace, ref);
      watched.users.set(pod.metadata.uid, onChange);
    }
  }

  /** Lets go of what only this pod needed. */
  drop(pod: KubeletPod): void {
    for (const ref of followed(pod)) {
      const key = keyOf(pod.metadata.namespace, ref);
      const watched = this.#watched.get(key);
      watched?.users.delete(pod.metadata.uid);
      if (watched?.users.size !== 0) continue;
      this.#watched.delete(key);
      void watched.informer.stop();
    }
  }

  /** What was not read yet, with the reason why not. */
  missing(pod: KubeletPod): string[] {
    return followed(pod).flatMap((ref) => {
      const state = this.#watched.get(keyOf(pod.metadata.namespace, ref))?.informer.state;
      return state?.synced ? [] : [`${ref.kind} ${ref.name}: ${state?.reason ?? "not followed"}`];
    });
  }

  /** Reads what was followed. */
  lookup(namespace: string) {
    return (kind: ObjectRef["kind"], name: string): Readonly<Record<string, Uint8Array>> | undefined => {
      if (kind === "configMap" && name === ROOT_CA) return { "ca.crt": new TextEncoder().encode(this.#ca) };
      const watched = this.#watched.get(keyOf(namespace, { kind, name }));
      const object = watched?.informer.store.get(`${namespace}/${name}`);
      if (object === undefined) return undefined;
      const encoding = kind === "secret" ? "base64" : "utf8";
      return Object.fromEntries(
        Object.entries(object.data ?? {}).map(([key, text]) => [key, new Uint8Array(Buffer.from(text, encoding))]),
      );
    };
  }

  #watch(key: string, namespace: string, { kind, name }: ObjectRef): Watched {
    const options = { namespace, fieldSelector: `metadata.name=${name}` };
    const informer =
      kind === "secret"
        ? new Informer(this.#client.resource(SecretKind), options)
        : new Informer(this.#client.resource(ConfigMapKind), options);
    const watched: Watched = { informer, users: new Map() };
    const tell = () => {
      for (const user of watched.users.values()) user();
    };
    informer.onChange(tell);
    informer.onState(tell);
    informer.start();
    this.#watched.set(key, watched);
    return watched;
  }
}

/** The same in every namespace, so nobody needs to follow it. */
const ROOT_CA = "kube-root-ca.crt";

function followed(pod: KubeletPod): ObjectRef[] {
  return objectsOf(pod).filter(({ kind, name }) => kind !== "configMap" || name !== ROOT_CA);
}

function keyOf(namespace: string, { kind, name }: Pick<ObjectRef, "kind" | "name">): string {
  return `${kind}/${namespace}/${name}`;
}
