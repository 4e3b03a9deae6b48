// SPDX-License-Identifier: Apache-2.0
import { parseAccept, takesJson } from "./media.ts";

/** The media type of YAML answers. */
export const YAML = "application/yaml";

/** The answer in YAML where the client prefers that to JSON; else as it is. Streams stay JSON. */
export async function asYaml(request: Request, response: Response): Promise<Response> {
  const accepted = parseAccept(request.headers.get("accept"));
  const first = accepted.find((media) => media.type === YAML || takesJson(media));
  if (first?.type !== YAML || response.headers.get("content-type") !== "application/json") return response;
  if (response.headers.has("x-strait-stream")) return response;
  const headers = new Headers(response.headers);
  headers.set("content-type", YAML);
  return new Response(`${Bun.YAML.stringify(await response.json(), null, 2)}\n`, { status: response.status, headers });
}
