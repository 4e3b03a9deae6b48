// SPDX-License-Identifier: Apache-2.0
import { section } from "../api_object.ts";
import type { Strategy } from "./strategy.ts";

const NAME_LABEL = "kubernetes.io/metadata.name";

/** A namespace lives until its finalizer has removed what is inside. */
export const namespace: Strategy = {
  defaults(object) {
    object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: object.metadata.name };
  },
  create(object) {
    object["spec"] = { ...section(object, "spec"), finalizers: ["kubernetes"] };
    object["status"] = { phase: "Active" };
  },
  update(object, old, _api, scope) {
    // Only /finalize changes the finalizers of the specification.
    if (scope.subresource !== "finalize") object["spec"] = old["spec"] ?? {};
  },
};
