// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "@strait/k8s";
import { Failure } from "../failure.ts";

/** What to do about each way in which the API server of a kubeconfig does not answer. */
const ADVICE: Readonly<Record<string, string>> = {
  Unauthorized: "it does not know the kubeconfig's user: log in again, or name another --kubeconfig or --context",
  // The message says it.
  Certificate: "",
  UnknownAuthority:
    "the kubeconfig's authority has not signed its certificate: is the file another cluster's? Name another --kubeconfig",
  Transport: "is it reached from here? Name another --kubeconfig or --context",
  NotKubernetes: "something else answers there: name another --kubeconfig or --context",
};

/** An error of the cluster that joins with what to do about it; any other error as it is. */
export function ownFailure(error: unknown, context: string): unknown {
  if (!(error instanceof ApiError) || ADVICE[error.reason] === undefined) return error;
  const parts = [`context "${context}"`, error.message, ADVICE[error.reason]];
  return new Failure(`${parts.filter((part) => part).join(": ")}; nothing was changed`);
}
