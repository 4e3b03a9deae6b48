// SPDX-License-Identifier: Apache-2.0

/** One field's fault, in the wording and with the reasons of Kubernetes ("FieldValueRequired", "FieldValueInvalid" …). */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** Members of `details` of a metav1.Status. `kind` is the resource's plural, or the kind where an object is invalid. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** What names a resource in messages: "pods" or "deployments.apps". */
export interface Named {
  readonly group: string;
  readonly plural: string;
}

/**
 * A request that ends with a metav1.Status of failure. Thrown by whatever handles a request, caught once at its edge: here an
 * exception is the way out of a request, not of the program.
 *
 * @example
 * throw notFound(type, "web"); // 404 {"kind":"Status","reason":"NotFound","message":"pods \"web\" not found",…}
 */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = "StatusError";
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The body of the answer. */
  toStatus(): Record<string, unknown> {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** "pods", "deployments.apps". */
export function qualified({ group, plural }: Named): string {
  return group ? `${plural}.${group}` : plural;
}

function about({ group, plural }: Named, name?: string): StatusDetails {
  return { ...(name && { name }), ...(group && { group }), kind: plural };
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, "Unauthorized", "Unauthorized");
}

/** @param why what follows "is forbidden: ". */
export function forbidden(type: Named, name: string | undefined, why: string): StatusError {
  const what = name ? `${qualified(type)} "${name}"` : qualified(type);
  return new StatusError(403, "Forbidden", `${what} is forbidden: ${why}`, about(type, name));
}

export function notFound(type: Named, name: string): StatusError {
  return new StatusError(404, "NotFound", `${qualified(type)} "${name}" not found`, about(type, name));
}

/** The path leads nowhere. */
export function noSuchPath(): StatusError {
  return new StatusError(404, "NotFound", "the server could not find the requested resource", {});
}

export function methodNotAllowed(type?: Named): StatusError {
  return new StatusError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    type ? about(type) : {},
  );
}

export function alreadyExists(type: Named, name: string): StatusError {
  return new StatusError(409, "AlreadyExists", `${qualified(type)} "${name}" already exists`, about(type, name));
}

/** @param why one sentence; the message of a stale resourceVersion when absent. */
export function conflict(type: Named, name: string, why?: string, causes?: readonly Cause[]): StatusError {
  const text = why ?? "the object has been modified; please apply your changes to the latest version and try again";
  return new StatusError(409, "Conflict", `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${text}`, {
    ...about(type, name),
    ...(causes && { causes }),
  });
}

export function expired(message: string): StatusError {
  return new StatusError(410, "Expired", message);
}

export function tooLarge(message: string): StatusError {
  return new StatusError(413, "RequestEntityTooLarge", message);
}

export function unsupportedMediaType(message: string): StatusError {
  return new StatusError(415, "UnsupportedMediaType", message);
}

/** A query parameter of a write is wrong. Example: `invalidOption("PatchOptions", required("fieldManager"))`. */
export function invalidOption(
  options: "CreateOptions" | "UpdateOptions" | "PatchOptions" | "DeleteOptions" | "ListOptions",
  cause: Cause,
): StatusError {
  return invalid("meta.k8s.io", options, "", [cause]);
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): Cause {
  const list = supported.map((one) => JSON.stringify(one)).join(", ");
  return {
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
    field,
  };
}

export function fieldForbidden(field: string, detail: string): Cause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${detail}`, field };
}

/** @param kind for example "Pod"; causes' messages are joined as kubectl shows them. */
export function invalid(group: string, kind: string, name: string, causes: readonly Cause[]): StatusError {
  const lines = causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : cause.message));
  const text = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const head = group ? `${kind}.${group}` : kind;
  return new StatusError(422, "Invalid", `${head} "${name}" is invalid: ${text}`, {
    ...(name && { name }),
    ...(group && { group }),
    kind,
    causes,
  });
}

export function required(field: string, detail = ""): Cause {
  return { reason: "FieldValueRequired", message: `Required value${detail && `: ${detail}`}`, field };
}

export function invalidValue(field: string, value: unknown, detail: string): Cause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${detail}`, field };
}

export function immutable(field: string, value: unknown): Cause {
  return invalidValue(field, value, "field is immutable");
}
