/**
 * Deterministic CBOR (RFC 8949, 4.2.1) of the pollbook: whole numbers 0 … 2^53−1, byte strings, UTF-8 text, arrays, null.
 * One value has one encoding; everything else is refused. The twin of pollbook/rules/cbor.py, tested on the same bytes.
 */

import { type Bytes, utf8 } from "./bytes";

export type Value = number | string | Uint8Array | null | readonly Value[];

export const MAX_DEPTH = 6;
const UINT = 0x00;
const BYTES = 0x40;
const TEXT = 0x60;
const ARRAY = 0x80;
const NULL = 0xf6;
const LEAST: Record<number, number> = { 1: 24, 2: 0x100, 4: 0x10000, 8: 0x100000000 };
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that are not the one encoding of a value. `at`: the byte where it shows. */
export class CborError extends Error {
  constructor(
    readonly reason: string,
    readonly at: number,
  ) {
    super(`${reason} (byte ${at})`);
  }
}

export function encode(value: Value): Bytes {
  const out: number[] = [];
  write(value, out);
  return new Uint8Array(out);
}

function write(value: Value, out: number[]): void {
  if (value === null) out.push(NULL);
  else if (typeof value === "number") head(UINT, value, out);
  else if (typeof value === "string") append(TEXT, utf8(value), out);
  else if (value instanceof Uint8Array) append(BYTES, value, out);
  else {
    head(ARRAY, value.length, out);
    for (const item of value) write(item, out);
  }
}

function append(major: number, bytes: Uint8Array, out: number[]): void {
  head(major, bytes.length, out);
  for (const byte of bytes) out.push(byte);
}

function head(major: number, number: number, out: number[]): void {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`a number without an encoding: ${number}`);
  if (number < 24) out.push(major | number);
  else if (number < 0x100) out.push(major | 24, number);
  else if (number < 0x10000) out.push(major | 25, number >> 8, number & 255);
  else if (number < 0x100000000) out.push(major | 26, ...four(number));
  else out.push(major | 27, ...four(Math.floor(number / 0x100000000)), ...four(number % 0x100000000));
}

function four(number: number): number[] {
  return [(number >>> 24) & 255, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
}

/** The value of `data`, all of it. Throws CborError for anything but the one encoding of one value. */
export function decode(data: Uint8Array): Value {
  const [value, end] = read(data, 0, MAX_DEPTH);
  if (end !== data.length) throw new CborError("bytes after the end", end);
  return value;
}

function read(data: Uint8Array, start: number, depth: number): [Value, number] {
  const first = data[start];
  if (first === undefined) throw new CborError("ends too early", start);
  const [number, at] = length(data, start, first);
  const major = first & 0xe0;
  if (major === UINT) return [number, at];
  if (major === ARRAY) return items(data, start, at, number, depth);
  const end = at + number;
  if (major === BYTES || major === TEXT) {
    if (end > data.length) throw new CborError("ends too early", start);
    const bytes = data.slice(at, end);
    if (major === BYTES) return [bytes, end];
    try {
      return [DECODER.decode(bytes), end];
    } catch {
      throw new CborError("text that is not UTF-8", start);
    }
  }
  if (first === NULL) return [null, at];
  throw new CborError("a kind of value that the pollbook does not use", start);
}

/** The number in a head, and where what follows begins. */
function length(data: Uint8Array, start: number, first: number): [number, number] {
  const short = first & 0x1f;
  if (short < 24) return [short, start + 1];
  if (short > 27) throw new CborError("indefinite or reserved length", start);
  const width = 1 << (short - 24);
  const end = start + 1 + width;
  if (end > data.length) throw new CborError("ends too early", start);
  let number = 0;
  for (let n = start + 1; n < end; n++) number = number * 256 + (data[n] ?? 0);
  if (number < (LEAST[width] ?? 0) || !Number.isSafeInteger(number)) {
    throw new CborError("not the shortest form, or too large a number", start);
  }
  return [number, end];
}

function items(data: Uint8Array, start: number, from: number, number: number, depth: number): [Value, number] {
  if (depth === 0) throw new CborError("nested too deep", start);
  if (number > data.length - from) throw new CborError("ends too early", start);
  const found: Value[] = [];
  let at = from;
  for (let n = 0; n < number; n++) {
    const [item, next] = read(data, at, depth - 1);
    found.push(item);
    at = next;
  }
  return [found, at];
}
