/** How a person is named where an identity number must not stand, and the filter. The twin of pollbook/rules/voters.py. */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, utf8 } from "./bytes";
import { decode } from "./cbor";

const MASK64 = (1n << 64n) - 1n;
const SEAL = utf8("satusuara/matching/1");

/** 16 bytes that stand for an identity number (its digits). */
export function voterKey(regencyKey: Uint8Array, identity: string): Bytes {
  if (!/^\d+$/.test(identity)) throw new RangeError("an identity number is written in digits");
  return hmac(sha256, regencyKey, utf8(`satusuara/voter/1\n${identity}`)).slice(0, 16) as Bytes;
}

/** A Bloom filter of voter keys: "surely not on it", or "probably on it". */
export class Filter {
  private constructor(
    readonly bits: number,
    readonly hashes: number,
    readonly count: number,
    private readonly data: Uint8Array,
  ) {}

  /** Throws RangeError for bytes that are no filter. */
  static read(raw: Uint8Array): Filter {
    const value = decode(raw);
    if (!Array.isArray(value) || value.length !== 5 || value[0] !== 1) throw new RangeError("not a filter");
    const [, bits, hashes, count, data] = value as [number, number, number, number, Uint8Array];
    const fits = data instanceof Uint8Array && bits === data.length * 8 && bits > 0 && hashes >= 1 && hashes <= 64;
    if (!fits || typeof count !== "number") throw new RangeError("not a filter");
    return new Filter(bits, hashes, count, data);
  }

  has(key: Uint8Array): boolean {
    const halves = new DataView(key.buffer, key.byteOffset, 16);
    const a = halves.getBigUint64(0);
    const b = halves.getBigUint64(8) | 1n;
    for (let n = 0n; n < BigInt(this.hashes); n++) {
      const bit = Number(((a + n * b) & MASK64) % BigInt(this.bits));
      if (!(((this.data[bit >> 3] ?? 0) >> (bit & 7)) & 1)) return false;
    }
    return true;
  }
}

/** The number, readable by the holder of the matching key only. `seed`: 32 random bytes, new for every number. */
export async function sealIdentity(matchingPublic: Uint8Array, identity: string, seed: Uint8Array): Promise<Bytes> {
  const { x25519 } = await import("@noble/curves/ed25519.js");
  const ephemeral = x25519.getPublicKey(seed);
  const shared = new Uint8Array(x25519.getSharedSecret(seed, matchingPublic));
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: concat(ephemeral, matchingPublic), info: SEAL },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, utf8(identity));
  return concat(ephemeral, new Uint8Array(sealed));
}
