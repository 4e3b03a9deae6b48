// SPDX-License-Identifier: Apache-2.0
import { fieldForbidden } from "../../http/status_error.ts";
import { sameJson } from "../../patch/mod.ts";
import { section } from "../api_object.ts";
import type { Strategy } from "./strategy.ts";

/** A node's pod ranges and provider are given once. */
export const node: Strategy = {
  validate(object, old) {
    if (!old) return [];
    const [spec, was] = [section(object, "spec"), section(old, "spec")];
    return ["podCIDR", "podCIDRs", "providerID"]
      .filter((name) => was[name] !== undefined && !sameJson(spec[name], was[name]))
      .map((name) => fieldForbidden(`spec.${name}`, 'node updates may not change podCIDR except from "" to valid'));
  },
};
