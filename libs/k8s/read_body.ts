// SPDX-License-Identifier: Apache-2.0

/** Said by {@link readBody} where an answer is larger than allowed. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/**
 * The text of an answer of at most so many bytes, so that no server can fill our memory. Ends the connection where there is more.
 *
 * @throws BodyTooLarge, or what the connection failed with.
 */
export async function readBody(response: Response, most: number): Promise<string> {
  const tooLarge = () => new BodyTooLarge(`the answer is larger than ${most} bytes`);
  if (Number(response.headers.get("content-length") ?? 0) > most) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
}
