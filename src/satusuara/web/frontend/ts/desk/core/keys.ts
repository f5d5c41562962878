/**
 * Devices and their signatures: Ed25519 (RFC 8032), one context per kind of signed thing. WebCrypto where it has Ed25519,
 * else the noble implementation, loaded only then. The twin of pollbook/rules/keys.py.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, utf8 } from "./bytes";

export const CONTEXT = {
  segment: utf8("\0satusuara/segment/1\n"),
  manifest: utf8("\0satusuara/manifest/1\n"),
  packet: utf8("\0satusuara/packet/1\n"),
  snapshot: utf8("\0satusuara/snapshot/1\n"),
  request: utf8("\0satusuara/request/1\n"),
} as const;

const P = 2n ** 255n - 19n;
const Y8 = fromLittle("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
/** With a key of small order anything can be "signed"; RFC 8032 leaves the check to the application. */
const SMALL_ORDER = new Set([0n, 1n, P - 1n, Y8, P - Y8]);

/** Signs with a device's key; the key itself may be unreadable to any script. */
export interface Signer {
  readonly publicKey: Bytes;
  sign(context: Uint8Array, message: Uint8Array): Promise<Bytes>;
}

/** A public key that must not be used. */
export class UnfitKey extends Error {}

export function hash(...parts: readonly Uint8Array[]): Bytes {
  return sha256(parts.length === 1 && parts[0] ? parts[0] : concat(...parts)) as Bytes;
}

/** A device's name: the first 16 bytes of the SHA-256 of its public key. */
export function deviceId(publicKey: Uint8Array): Bytes {
  return hash(publicKey).slice(0, 16);
}

export function requireFit(publicKey: Uint8Array): void {
  if (publicKey.length !== 32) throw new UnfitKey("a key has 32 bytes");
  let y = 0n;
  for (let n = 31; n >= 0; n--) y = (y << 8n) | BigInt(publicKey[n] ?? 0);
  y &= 2n ** 255n - 1n;
  if (y >= P) throw new UnfitKey("a key that is not written in its one way");
  if (SMALL_ORDER.has(y)) throw new UnfitKey("a key of small order");
}

export async function verify(
  publicKey: Uint8Array,
  context: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  requireFit(publicKey);
  const signed = concat(context, message);
  if (await nativeEd25519()) {
    try {
      const key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), signed);
    } catch {
      return false; // not the encoding of a point
    }
  }
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  try {
    return ed25519.verify(signature, signed, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** A new key of this device; where the browser can, no script ever reads it. */
export async function makeSigner(): Promise<{ signer: Signer; stored: CryptoKeyPair | Bytes }> {
  if (await nativeEd25519()) {
    const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
    return { signer: await openSigner(pair), stored: pair };
  }
  const seed = crypto.getRandomValues(new Uint8Array(32));
  return { signer: await openSigner(seed), stored: seed };
}

/** The signer of a key as it was stored: a pair of WebCrypto keys, or a seed of 32 bytes. */
export async function openSigner(stored: CryptoKeyPair | Uint8Array): Promise<Signer> {
  if (!(stored instanceof Uint8Array)) {
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", stored.publicKey));
    return {
      publicKey,
      sign: async (context, message) =>
        new Uint8Array(await crypto.subtle.sign("Ed25519", stored.privateKey, concat(context, message))),
    };
  }
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  return {
    publicKey: ed25519.getPublicKey(stored) as Bytes,
    sign: async (context, message) => ed25519.sign(concat(context, message), stored) as Bytes,
  };
}

let native: Promise<boolean> | undefined;

/** Whether this browser's WebCrypto knows Ed25519 (Chrome 137, Firefox 129, Safari 17). */
export function nativeEd25519(): Promise<boolean> {
  native ??= crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(
    () => true,
    () => false,
  );
  return native;
}

function fromLittle(text: string): bigint {
  return BigInt(`0x${(text.match(/../g) ?? []).reverse().join("")}`);
}
