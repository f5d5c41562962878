/** What a station is given before the day, signed and locked. The twin of pollbook/rules/packets.py. */

import { type Bytes, utf8 } from "./bytes";
import { CborError, decode, encode, type Value } from "./cbor";
import { CONTEXT } from "./keys";
import { NotSigned, openSigned } from "./signed";

export const LOCKED = 1;
export const ASK_MORE = 2;

export interface RollLine {
  readonly line: number;
  readonly name: string;
  readonly part: number;
  readonly last4: string;
  readonly key: Bytes;
  readonly flags: number;
}

/** A moved voter who is expected here, and the ballots he is due. */
export interface Mover {
  readonly key: Bytes;
  readonly name: string;
  readonly part: number;
  readonly last4: string;
  readonly origin: string;
  readonly mask: number;
}

/** Ballots of a moved voter by where he is on a roll. `mask` null: the area's code is not enough, ask. */
export interface OriginRule {
  readonly prefix: string;
  readonly mask: number | null;
  readonly id: string;
  readonly en: string;
}

export interface Packet {
  readonly election: string;
  readonly station: string;
  readonly name: string;
  readonly builtMs: number;
  readonly expiresMs: number;
  readonly categories: readonly string[];
  readonly contests: readonly string[];
  readonly hours: readonly (readonly [string, string])[];
  readonly roll: readonly RollLine[];
  readonly movers: readonly Mover[];
  readonly origins: readonly OriginRule[];
  readonly filter: Bytes;
  readonly regencyKey: Bytes;
  readonly matchingPublic: Bytes;
  readonly logKey: string;
  readonly commission: Bytes;
}

export type PacketCode = "packet-malformed" | "packet-unsigned" | "pin-or-code-wrong";

export class PacketError extends Error {
  constructor(readonly code: PacketCode) {
    super(code);
  }
}

/** An envelope's code as a person may type it: without hyphens and spaces, capitals, I and L as 1, O as 0. */
export function cleanCode(code: string): string {
  return code.toUpperCase().replace(/[- ]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
}

/** The rule with the longest prefix of an area's code. */
export function originRule(rules: readonly OriginRule[], code: string): OriginRule | undefined {
  return rules
    .filter((rule) => code.startsWith(rule.prefix))
    .reduce<OriginRule | undefined>((best, rule) => (best && best.prefix.length >= rule.prefix.length ? best : rule), undefined);
}

/** Throws PacketError. `commission`: the commission's public key, as this device was told it. */
export async function unlockPacket(raw: Uint8Array, pin: string, code: string, commission: Uint8Array): Promise<Packet> {
  const { head, rounds, salt, wrapped, sealed } = await opened(raw, commission);
  const base = await crypto.subtle.importKey("raw", utf8(`${pin}\n${cleanCode(code)}`), "PBKDF2", false, ["deriveKey"]);
  const kek = await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  try {
    const contentKey = await open(kek, wrapped, head);
    const key = await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["decrypt"]);
    return decodePacket(await open(key, sealed, head));
  } catch (error) {
    if (error instanceof PacketError) throw error;
    throw new PacketError("pin-or-code-wrong");
  }
}

interface Locked {
  readonly head: Bytes;
  readonly rounds: number;
  readonly salt: Bytes;
  readonly wrapped: Bytes;
  readonly sealed: Bytes;
}

async function opened(raw: Uint8Array, commission: Uint8Array): Promise<Locked> {
  let value: readonly Value[];
  try {
    value = await openSigned(raw, commission, CONTEXT.packet);
  } catch (error) {
    if (error instanceof NotSigned) throw new PacketError(error.signature ? "packet-unsigned" : "packet-malformed");
    throw error;
  }
  const [version, election, station, kdf, wrapped, sealed] = value;
  const [name, rounds, salt] = Array.isArray(kdf) ? (kdf as Value[]) : [];
  if (
    version !== 1 || typeof election !== "string" || typeof station !== "string" || name !== "pbkdf2-sha256" ||
    typeof rounds !== "number" || rounds < 1 || rounds > 10_000_000 || !(salt instanceof Uint8Array) ||
    !(wrapped instanceof Uint8Array) || !(sealed instanceof Uint8Array)
  ) {
    throw new PacketError("packet-malformed");
  }
  const head = encode([1, election, station, ["pbkdf2-sha256", rounds, salt]]);
  return { head, rounds, salt: salt as Bytes, wrapped: wrapped as Bytes, sealed: sealed as Bytes };
}

async function open(key: CryptoKey, sealed: Bytes, head: Bytes): Promise<Bytes> {
  const algorithm = { name: "AES-GCM", iv: sealed.slice(0, 12), additionalData: head };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.slice(12)));
}

/** Throws PacketError `packet-malformed`. */
export function decodePacket(raw: Uint8Array): Packet {
  try {
    const value = decode(raw) as Value[];
    if (!Array.isArray(value) || value.length !== 17 || value[0] !== 1) throw new PacketError("packet-malformed");
    const [, election, station, name, builtMs, expiresMs, categories, contests, hours, roll, movers, origins, ...rest] =
      value as [number, string, string, string, number, number, string[], string[], [string, string][], Row[], Row[], Row[], ...Value[]];
    const [filter, regencyKey, matchingPublic, logKey, commission] = rest as [Bytes, Bytes, Bytes, string, Bytes];
    return {
      election, station, name, builtMs, expiresMs, categories, contests, hours,
      roll: roll.map(([line, who, part, last4, key, flags]) => ({ line, name: who, part, last4, key, flags }) as RollLine),
      movers: movers.map(([key, who, part, last4, origin, mask]) => ({ key, name: who, part, last4, origin, mask }) as Mover),
      origins: origins.map(([prefix, mask, id, en]) => ({ prefix, mask, id, en }) as OriginRule),
      filter, regencyKey, matchingPublic, logKey, commission,
    }; // prettier-ignore
  } catch (error) {
    if (error instanceof PacketError) throw error;
    if (error instanceof CborError || error instanceof TypeError) throw new PacketError("packet-malformed");
    throw error;
  }
}

type Row = readonly Value[];
