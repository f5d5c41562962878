/** What one device tells another through a QR code, and frames for whole segments. The twin of pollbook/rules/snapshot.py. */

import { type Bytes, compare, concat, equal, hex } from "./bytes";
import { decode, encode, type Value } from "./cbor";
import { Kind } from "./events";
import { CONTEXT, hash, type Signer } from "./keys";
import type { State } from "./merge";
import { NotSigned, openSigned, parts } from "./signed";

const VERSION = 1;
export const FRAME_PART = 256;
export const MAX_FRAMES = 64;

export interface Snapshot {
  readonly station: string;
  readonly publicKey: Bytes;
  readonly last: number;
  readonly head: Bytes;
  readonly lines: ReadonlySet<number>;
  readonly extra: readonly Bytes[];
}

/** Not a snapshot, not signed by its key, or a frame that fits no other. */
export class SnapshotError extends Error {}

/** Roll lines and voter keys with a live check-in at the station. */
export function marked(state: State, station: string): { lines: Set<number>; extra: Bytes[] } {
  const lines = new Set<number>();
  const extra = new Map<string, Bytes>();
  for (const { event, station: where } of state.live) {
    if (where !== station || event.kind !== Kind.CHECK_IN || event.voter === null) continue;
    if (typeof event.voter === "number") lines.add(event.voter);
    else extra.set(hex(event.voter), event.voter);
  }
  return { lines, extra: [...extra.values()].sort(compare) };
}

/** `size`: lines of the roll. */
export async function signSnapshot(
  signer: Signer,
  said: { station: string; size: number; last: number; head: Uint8Array; lines: Iterable<number>; extra: Iterable<Uint8Array> },
): Promise<Bytes> {
  const bitmap = new Uint8Array((said.size + 7) >> 3);
  for (const line of said.lines) {
    if (line < 1 || line > said.size) throw new RangeError(`no line ${line} on a roll of ${said.size}`);
    bitmap[(line - 1) >> 3] = (bitmap[(line - 1) >> 3] ?? 0) | (1 << ((line - 1) & 7));
  }
  const extra = concat(...[...said.extra].sort(compare));
  const body = encode([VERSION, said.station, signer.publicKey, said.last, said.head, bitmap, extra]);
  return encode([body, await signer.sign(CONTEXT.snapshot, body)]);
}

export async function openSnapshot(raw: Uint8Array): Promise<Snapshot> {
  try {
    const publicKey = parts(raw).value[2];
    if (!(publicKey instanceof Uint8Array)) throw new SnapshotError("not the seven parts of a snapshot");
    const value = await openSigned(raw, publicKey, CONTEXT.snapshot);
    return said(value);
  } catch (error) {
    if (error instanceof NotSigned) throw new SnapshotError(error.message);
    throw error;
  }
}

function said(value: readonly Value[]): Snapshot {
  const [version, station, publicKey, last, head, bitmap, extra] = value;
  if (
    value.length !== 7 || version !== VERSION || typeof station !== "string" || typeof last !== "number" ||
    !(publicKey instanceof Uint8Array) || !(head instanceof Uint8Array) || !(bitmap instanceof Uint8Array) ||
    !(extra instanceof Uint8Array) || extra.length % 16 !== 0
  ) {
    throw new SnapshotError("a part of the snapshot");
  }
  const lines = new Set<number>();
  for (let n = 0; n < bitmap.length * 8; n++) if (((bitmap[n >> 3] ?? 0) >> (n & 7)) & 1) lines.add(n + 1);
  const keys = Array.from({ length: extra.length / 16 }, (_, n) => extra.slice(16 * n, 16 * n + 16) as Bytes);
  return { station, publicKey: publicKey as Bytes, last, head: head as Bytes, lines, extra: keys };
}

/** `raw` cut into QR frames, to be shown one after another until the other side has them all. */
export function frames(raw: Uint8Array, size = FRAME_PART): Bytes[] {
  const total = Math.max(1, Math.ceil(raw.length / size));
  if (total > MAX_FRAMES) throw new SnapshotError("too large for QR codes");
  const digest = hash(raw).slice(0, 8);
  return Array.from({ length: total }, (_, n) =>
    encode([VERSION, digest, n, total, raw.slice(n * size, (n + 1) * size)]),
  );
}

/** Gathers frames in any order, repeated or not. */
export class FrameReader {
  private readonly found = new Map<number, Uint8Array>();
  private digest: Uint8Array | undefined;
  total = 0;

  get got(): number {
    return this.found.size;
  }

  /** The whole once it is there, else null. Throws SnapshotError for a frame of another set, or bytes that are none. */
  add(raw: Uint8Array): Bytes | null {
    let value: Value;
    try {
      value = decode(raw);
    } catch (error) {
      throw new SnapshotError(String(error));
    }
    const [version, digest, n, total, part] = Array.isArray(value) ? (value as Value[]) : [];
    if (
      version !== VERSION || !(digest instanceof Uint8Array) || typeof n !== "number" || typeof total !== "number" ||
      !(part instanceof Uint8Array) || n >= total || total > MAX_FRAMES
    ) {
      throw new SnapshotError("not a frame");
    }
    if (this.digest && (!equal(this.digest, digest) || this.total !== total)) {
      throw new SnapshotError("a frame of another set");
    }
    this.digest = digest;
    this.total = total;
    this.found.set(n, part);
    if (this.found.size < total) return null;
    const whole = concat(...Array.from({ length: total }, (_, k) => this.found.get(k) as Uint8Array));
    if (!equal(hash(whole).slice(0, 8), digest)) throw new SnapshotError("the frames do not fit together");
    return whole;
  }
}
