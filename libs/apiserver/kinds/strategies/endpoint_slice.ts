// SPDX-License-Identifier: Apache-2.0

import { parseAddress } from "@strait/model";
import { type Cause, immutable, invalidValue, required } from "../../http/status_error.ts";
import { objects, text, texts } from "../api_object.ts";
import { fill } from "./defaulting.ts";
import type { Strategy } from "./strategy.ts";

const FAMILIES: Readonly<Record<string, 4 | 6>> = { IPv4: 4, IPv6: 6 };

export const endpointSlice: Strategy = {
  defaults(object) {
    fill(object, { endpoints: [], ports: [] });
    for (const port of objects(object["ports"])) fill(port, { protocol: "TCP", name: "" });
    for (const endpoint of objects(object["endpoints"])) fill(endpoint, { conditions: {} });
  },
  validate(object, old) {
    const causes: Cause[] = [];
    const type = text(object["addressType"]);
    if (!type) causes.push(required("addressType"));
    else if (!["IPv4", "IPv6", "FQDN"].includes(type)) {
      const message = `Unsupported value: "${type}": supported values: "FQDN", "IPv4", "IPv6"`;
      causes.push({ reason: "FieldValueNotSupported", message, field: "addressType" });
    }
    if (old && type !== old["addressType"]) causes.push(immutable("addressType", type));
    const family = FAMILIES[type];
    objects(object["endpoints"]).forEach((endpoint, index) => {
      const addresses = texts(endpoint["addresses"]);
      if (addresses.length === 0) causes.push(required(`endpoints[${index}].addresses`, "must contain at least 1 address"));
      addresses.forEach((address, at) => {
        const parsed = family && parseAddress(address);
        if (!parsed || (parsed.ok && parsed.value.family === family)) return;
        causes.push(invalidValue(`endpoints[${index}].addresses[${at}]`, address, `must be an ${type} address`));
      });
    });
    return causes;
  },
};
