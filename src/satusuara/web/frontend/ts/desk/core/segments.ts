/** Signed runs of events: at most twelve, or ten minutes. The twin of pollbook/rules/segments.py. */

import { type Bytes, equal, hex } from "./bytes";
import { CborError, decode, encode, type Value } from "./cbor";
import { decodeEvent, encodeEvent, type Event, EventError, eventHash } from "./events";
import { CONTEXT, deviceId, hash, type Signer, UnfitKey, verify } from "./keys";

export const MAX_EVENTS = 12;
export const MAX_SPAN_MS = 10 * 60 * 1000;
export const MAX_SEGMENT = 8192;
const VERSION = 1;

export type SegmentCode =
  | "segment-too-large"
  | "segment-malformed"
  | "segment-version"
  | "key-unusable"
  | "signature-wrong"
  | "chain-broken";

/** An opened segment: its own signature holds and its events follow each other. */
export interface Segment {
  readonly election: string;
  readonly station: string;
  readonly publicKey: Bytes;
  readonly device: Bytes;
  readonly first: number;
  readonly events: readonly Event[];
  readonly hashes: readonly Bytes[];
  readonly hash: Bytes;
  readonly raw: Bytes;
}

export class SegmentError extends Error {
  constructor(
    readonly code: SegmentCode,
    detail = "",
  ) {
    super(detail ? `${code}: ${detail}` : code);
  }
}

/** Whether a device signs and sends what it has: twelve events, or ten minutes since the first. */
export function mustSeal(events: readonly Event[], now: number): boolean {
  const first = events[0];
  return events.length >= MAX_EVENTS || (first !== undefined && Math.abs(now - first.stamp[0]) >= MAX_SPAN_MS);
}

/** The signed bytes of linked events, 1 to 12 of them. */
export async function sealSegment(
  signer: Signer,
  election: string,
  station: string,
  events: readonly Event[],
): Promise<Bytes> {
  const first = events[0];
  if (!first || events.length > MAX_EVENTS) throw new RangeError(`a segment has 1 to ${MAX_EVENTS} events`);
  const body = encode([VERSION, election, station, signer.publicKey, first.seq, events.map(encodeEvent)]);
  return encode([body, await signer.sign(CONTEXT.segment, body)]);
}

/** Checks form, order, links and the signature. Throws SegmentError with the one reason why not. */
export async function openSegment(raw: Uint8Array): Promise<Segment> {
  if (raw.length > MAX_SEGMENT) throw new SegmentError("segment-too-large", `${raw.length} bytes`);
  const [body, signature, inner] = parts(raw);
  const [version, election, station, publicKey, first, events] = inner;
  if (typeof version !== "number") throw new SegmentError("segment-malformed", "not the six parts of a body");
  if (version !== VERSION) throw new SegmentError("segment-version", String(version));
  if (
    typeof election !== "string" || !within(election, 32) || typeof station !== "string" || !within(station, 16) ||
    !(publicKey instanceof Uint8Array) || typeof first !== "number" || !Array.isArray(events) || events.length < 1 ||
    events.length > MAX_EVENTS || signature.length !== 64
  ) {
    throw new SegmentError("segment-malformed", "a part of the body");
  }
  try {
    if (!(await verify(publicKey, CONTEXT.segment, body, signature))) throw new SegmentError("signature-wrong");
  } catch (error) {
    if (error instanceof UnfitKey) throw new SegmentError("key-unusable", error.message);
    throw error;
  }
  const found = follow(events as Value[], first);
  return {
    election, station, publicKey: publicKey as Bytes, device: deviceId(publicKey), first, ...found, hash: hash(body),
    raw: new Uint8Array(raw),
  }; // prettier-ignore
}

/** How a segment is named at the server: `<device>/<first>-<hash>`. */
export function segmentName(segment: Segment): string {
  return `${hex(segment.device)}/${segment.first}-${hex(segment.hash)}`;
}

function parts(raw: Uint8Array): [Uint8Array, Uint8Array, readonly Value[]] {
  try {
    const outer = decode(raw);
    if (!Array.isArray(outer) || outer.length !== 2) throw new SegmentError("segment-malformed", "not [body, signature]");
    const [body, signature] = outer as Value[];
    if (!(body instanceof Uint8Array) || !(signature instanceof Uint8Array)) {
      throw new SegmentError("segment-malformed", "not [body, signature]");
    }
    const inner = decode(body);
    if (!Array.isArray(inner) || inner.length !== 6) {
      throw new SegmentError("segment-malformed", "not the six parts of a body");
    }
    return [body, signature, inner as Value[]];
  } catch (error) {
    if (error instanceof CborError) throw new SegmentError("segment-malformed", error.message);
    throw error;
  }
}

/** Text of 1 to `most` characters, counted as code points. */
function within(text: string, most: number): boolean {
  const length = [...text].length;
  return length > 0 && length <= most;
}

function follow(raws: readonly Value[], first: number): { events: Event[]; hashes: Bytes[] } {
  const events: Event[] = [];
  const hashes: Bytes[] = [];
  for (const [n, raw] of raws.entries()) {
    if (!(raw instanceof Uint8Array)) throw new SegmentError("segment-malformed", `event ${n}`);
    let event: Event;
    try {
      event = decodeEvent(raw);
    } catch (error) {
      if (error instanceof EventError) throw new SegmentError("segment-malformed", `event ${n}: ${error.message}`);
      throw error;
    }
    const before = hashes.at(-1);
    const follows = !before || (equal(event.prev, before) && event.devIx === events[0]?.devIx);
    if (event.seq !== first + n || !follows) throw new SegmentError("chain-broken", `event ${n}`);
    events.push(event);
    hashes.push(eventHash(raw));
  }
  return { events, hashes };
}
