// SPDX-License-Identifier: Apache-2.0

/** Something inside the image that others made. */
export interface Component {
  readonly kind: "deb" | "npm" | "generic";
  readonly name: string;
  readonly version: string;
  /** SPDX expression, where it is known; Debian's copyright files say it in words. */
  readonly licence?: string;
}

/**
 * An SPDX 2.3 document that lists what is inside. Pure: no time of its own, names sorted, so that it does not change with the build.
 *
 * @example
 * billOfMaterials([{ kind: "npm", name: "hono", version: "4.13.19", licence: "MIT" }], { version: "0.1.0", created: "2026-01-01T00:00:00Z" })
 */
export function billOfMaterials(
  components: readonly Component[],
  { version, created }: { readonly version: string; readonly created: string },
): string {
  const sorted = [...components].sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
  const packages = sorted.map(({ kind, name, version: of, licence }) => ({
    SPDXID: `SPDXRef-${kind}-${name.replace(/[^A-Za-z0-9.-]/g, "-")}`,
    name,
    versionInfo: of,
    downloadLocation: "NOASSERTION",
    licenseConcluded: "NOASSERTION",
    licenseDeclared: licence ?? "NOASSERTION",
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl(kind, name, of) }],
  }));
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `strait-${version}`,
    documentNamespace: `urn:strait:image:${version}`,
    creationInfo: { created, creators: ["Tool: strait-image"] },
    packages,
    relationships: packages.map(({ SPDXID }) => ({
      spdxElementId: "SPDXRef-DOCUMENT",
      relationshipType: "DESCRIBES",
      relatedSpdxElement: SPDXID,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function purl(kind: Component["kind"], name: string, version: string): string {
  const path = kind === "deb" ? `debian/${name}` : name.replace("@", "%40");
  return `pkg:${kind}/${path}@${encodeURIComponent(version)}`;
}
