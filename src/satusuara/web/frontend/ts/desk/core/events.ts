/** One deed at a desk. The twin of pollbook/rules/events.py: the same arrays, the same refusals. */

import { type Bytes, equal, utf8 } from "./bytes";
import { CborError, decode, encode, type Value } from "./cbor";
import type { Stamp } from "./clock";
import { hash } from "./keys";

export const VERSION = 1;
export const MAX_EVENT = 512;
export const MAX_LINE = 4095;
export const MAX_NOTE = 160;

export const Kind = {
  OPEN: 0,
  FINGER_CHECKED: 1,
  CHECK_IN: 2,
  BALLOTS_ISSUED: 3,
  REFUSED: 4,
  UNDO: 5,
  INK_APPLIED: 6,
  SPOILT: 7,
  NOTE: 8,
  CLOSE: 9,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const Finger = { CLEAR: 0, STAINED: 1, UNCLEAR: 2, SUBSTITUTE: 3 } as const;

export const Refused = {
  INKED: 0,
  ALREADY_IN: 1,
  NOT_LISTED: 2,
  WRONG_HOUR: 3,
  MOVED_AWAY: 4,
  NO_BALLOTS: 5,
  PAPERS: 6,
  ELSEWHERE: 7,
} as const;
export type Refused = (typeof Refused)[keyof typeof Refused];

export const UndoReason = {
  WRONG_PERSON: 0,
  LEFT_WITHOUT_BALLOT: 1,
  WRONG_CATEGORY: 2,
  WRONG_BALLOT: 3,
  OTHER: 4,
} as const;

/** A line of the station's roll (1 …), 16 bytes of a voter key, or nobody. */
export type Voter = number | Bytes | null;

export interface Event {
  readonly devIx: number;
  readonly seq: number;
  readonly prev: Bytes;
  readonly stamp: Stamp;
  readonly kind: Kind;
  readonly voter: Voter;
  readonly category: number | null;
  readonly mask: number;
  readonly officer: number;
  readonly detail: Value;
}

export type Draft = Pick<Event, "stamp" | "kind"> & Partial<Pick<Event, "voter" | "category" | "mask" | "officer" | "detail">>;

/** Bytes that are no event; the words say which part. */
export class EventError extends Error {}

/** What the first event of a device holds as `prev`. */
export function genesis(device: Uint8Array, election: string, station: string): Bytes {
  return hash(utf8("satusuara/genesis/1\n"), device, utf8(`${election}\n${station}`));
}

export function eventHash(raw: Uint8Array): Bytes {
  return hash(raw);
}

/** A draft as the device's next event. */
export function linked(draft: Draft, devIx: number, seq: number, prev: Bytes): Event {
  const { stamp, kind, voter = null, category = null, mask = 0, officer = 0, detail = null } = draft;
  return { devIx, seq, prev, stamp, kind, voter, category, mask, officer, detail };
}

/** Throws EventError for an event that breaks a rule of its kind. */
export function encodeEvent(event: Event): Bytes {
  const { devIx, seq, prev, stamp, kind, voter, category, mask, officer, detail } = event;
  const raw = encode([VERSION, devIx, seq, prev, [...stamp], kind, voter, category, mask, officer, detail]);
  decodeEvent(raw);
  return raw;
}

/** Throws EventError for anything but a lawful event. */
export function decodeEvent(raw: Uint8Array): Event {
  if (raw.length > MAX_EVENT) throw new EventError(`an event has at most ${MAX_EVENT} bytes`);
  let value: Value;
  try {
    value = decode(raw);
  } catch (error) {
    if (error instanceof CborError) throw new EventError(error.message);
    throw error;
  }
  if (!isArray(value) || value.length !== 11) throw new EventError("an event has eleven parts");
  const [version, devIx, seq, prev, stamp, kind, voter, category, mask, officer, detail] = value;
  if (version !== VERSION) throw new EventError("an unknown version");
  if (!below(devIx, 1000) || !below(seq, 2 ** 32) || seq < 1 || !below(mask, 65536) || !below(officer, 1000)) {
    throw new EventError("dev_ix, seq, mask or officer");
  }
  if (!(prev instanceof Uint8Array) || prev.length !== 32) throw new EventError("prev");
  if (!isArray(stamp) || stamp.length !== 2 || !stamp.every((part) => typeof part === "number")) {
    throw new EventError("stamp");
  }
  if (!below(kind, RULES.length)) throw new EventError("kind");
  const isLine = typeof voter === "number" && voter >= 1 && voter <= MAX_LINE;
  const isKey = voter instanceof Uint8Array && voter.length === 16;
  if (voter !== null && !isLine && !isKey) throw new EventError("voter");
  if (category !== null && !below(category, 16)) throw new EventError("category");
  const found = {
    devIx, seq, prev, stamp: [stamp[0], stamp[1]], kind, voter, category, mask, officer, detail,
  } as unknown as Event; // prettier-ignore
  if (!RULES[kind]?.(found)) throw new EventError(`what a ${Object.keys(Kind)[kind]?.toLowerCase() ?? ""} must say`);
  return found;
}

/** The exact events that an undo names. */
export function undoneBy(event: Event): { device: Bytes; seq: number }[] {
  const [named] = event.detail as [[Bytes, number][], number, number];
  return named.map(([device, seq]) => ({ device, seq }));
}

export function sameVoter(a: Voter, b: Voter): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? equal(a, b) : a === b;
}

function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function below(value: Value | undefined, limit: number): value is number {
  return typeof value === "number" && value < limit;
}

function counts(value: Value | undefined, most: number): value is readonly number[] {
  return isArray(value) && value.length <= most && value.every((item) => below(item, 10_000_000));
}

function rows(value: Value | undefined, most: number, width: number): boolean {
  return isArray(value) && value.length <= most && value.every((row) => counts(row, width));
}

function isId(item: Value): boolean {
  if (!isArray(item) || item.length !== 2) return false;
  const [device, seq] = item;
  return device instanceof Uint8Array && device.length === 16 && below(seq, 2 ** 32) && seq >= 1;
}

function ofNobody(event: Event): boolean {
  return event.voter === null && event.category === null && event.mask === 0;
}

function aboutSomebody(event: Event): boolean {
  return event.voter !== null && event.mask !== 0 && event.detail === null;
}

const RULES: readonly ((event: Event) => boolean)[] = [
  (event) =>
    ofNobody(event) && isArray(event.detail) && event.detail.length === 2 && counts(event.detail[0], 16) &&
    below(event.detail[1], 1000),
  (event) => event.mask === 0 && below(event.detail, 4),
  (event) => {
    if (event.voter === null || event.category === null || !isArray(event.detail) || event.detail.length !== 2) return false;
    const [part, sealed] = event.detail;
    return below(part, 8) && (sealed === null || (sealed instanceof Uint8Array && sealed.length <= 128));
  },
  aboutSomebody,
  (event) => event.mask === 0 && below(event.detail, 8),
  (event) => {
    if (!isArray(event.detail) || event.detail.length !== 3) return false;
    const [named, reason, second] = event.detail;
    return (
      isArray(named) && named.length >= 1 && named.length <= 8 && named.every(isId) && below(reason, 5) &&
      below(second, 1000)
    );
  },
  (event) => event.mask === 0 && below(event.detail, 100),
  aboutSomebody,
  (event) => event.mask === 0 && typeof event.detail === "string" && utf8(event.detail).length <= MAX_NOTE,
  (event) =>
    ofNobody(event) && isArray(event.detail) && event.detail.length === 3 && rows(event.detail[0], 16, 8) &&
    rows(event.detail[1], 16, 4) && counts(event.detail[2], 8),
];
