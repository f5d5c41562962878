/** `[body, signature]`: what manifests, packets and snapshots have in common. */

import { decode, type Value } from "./cbor";
import { UnfitKey, verify } from "./keys";

/** Bytes that are not `[body, signature]` of this key. `signature`: well formed, but not signed by it. */
export class NotSigned extends Error {
  constructor(
    message: string,
    readonly signature = false,
  ) {
    super(message);
  }
}

/** Body, signature and the body's array; the signature is not yet looked at. */
export function parts(raw: Uint8Array): { body: Uint8Array; signature: Uint8Array; value: readonly Value[] } {
  try {
    const outer = decode(raw);
    const [body, signature] = Array.isArray(outer) && outer.length === 2 ? (outer as Value[]) : [null, null];
    if (body instanceof Uint8Array && signature instanceof Uint8Array) {
      const value = decode(body);
      if (Array.isArray(value)) return { body, signature, value: value as Value[] };
    }
  } catch (error) {
    throw new NotSigned(String(error));
  }
  throw new NotSigned("not [body, signature]");
}

/** The array that `publicKey` signed under a context. */
export async function openSigned(
  raw: Uint8Array,
  publicKey: Uint8Array,
  context: Uint8Array,
): Promise<readonly Value[]> {
  const { body, signature, value } = parts(raw);
  try {
    if (await verify(publicKey, context, body, signature)) return value;
  } catch (error) {
    if (!(error instanceof UnfitKey)) throw error;
  }
  throw new NotSigned("the signature does not fit", true);
}
