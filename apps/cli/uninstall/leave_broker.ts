// SPDX-License-Identifier: Apache-2.0
import { ApiClient, ClusterKind, EndpointKind, failedWith, SecretKind, type Submariner } from "@strait/k8s";
import { NAMES } from "@strait/manifests";

const decode = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : Buffer.from(text, "base64").toString();

/** Deletes what a cluster announced on the broker, with the cluster's own credential. @returns what was done, in words */
export async function leaveBroker(client: ApiClient, namespace: string, submariner: Submariner): Promise<string> {
  const { spec } = submariner;
  if (!spec) return "This cluster has not joined";
  const secret = await client.resource(SecretKind).get(NAMES.brokerSecret, { namespace });
  const token = decode(secret?.data?.["token"]);
  if (!token) return "There is no credential for the broker any more: delete the cluster's objects there by hand";
  const ca = decode(secret?.data?.["ca.crt"]);
  const broker = new ApiClient({
    server: `https://${spec.brokerK8sApiServer}`,
    tls: { ...(ca !== undefined && { ca }), insecure: spec.brokerK8sInsecure === true },
    token: () => Promise.resolve(token),
    origin: `Secret ${namespace}/${NAMES.brokerSecret}`,
  });
  const within = { namespace: spec.brokerK8sRemoteNamespace };
  try {
    let count = 0;
    for (const objects of [broker.resource(EndpointKind), broker.resource(ClusterKind)] as const) {
      const { items } = await objects.list(within);
      for (const { metadata, spec: object } of items) {
        if (object.cluster_id === spec.clusterID && (await objects.delete(metadata.name, within))) count++;
      }
    }
    return `Left the clusterset: ${count} objects of cluster ${spec.clusterID} are gone from the broker`;
  } catch (error) {
    if (failedWith(error, "NotFound", "Unauthorized")) return "The broker does not know this cluster any more";
    throw error;
  } finally {
    broker.close();
  }
}
