/** The log's word that a segment is on a disk, and requests that a device signs. The twin of pollbook/rules/receipts.py. */

import { type Bytes, concat, equal, fromBase64, fromHex, hex, toBase64, utf8 } from "./bytes";
import { encode } from "./cbor";
import { CONTEXT, hash, type Signer, UnfitKey, verify } from "./keys";
import type { Segment } from "./segments";

const TEXT =
  /^satusuara\/receipt\/1\n([0-9a-f]{32}) ([1-9]\d{0,9}) ([1-9]\d{0,9})\n([0-9a-f]{64})\n(0|[1-9]\d*) (0|[1-9]\d*)\n$/;
const ED25519 = 1;

export interface Receipt {
  readonly device: Bytes;
  readonly first: number;
  readonly last: number;
  readonly hash: Bytes;
  readonly entry: number;
  readonly arrivedMs: number;
}

/** The receipt of a note's text, or null. */
export function parseReceipt(text: string): Receipt | null {
  const found = TEXT.exec(text);
  if (!found) return null;
  const [, device = "", first, last, hashed = "", entry, arrived] = found;
  return {
    device: fromHex(device), first: Number(first), last: Number(last), hash: fromHex(hashed), entry: Number(entry),
    arrivedMs: Number(arrived),
  }; // prettier-ignore
}

/** The receipt of a signed note (C2SP signed-note), if the log's key signed it; else null. */
export async function openReceipt(note: string, logKey: string): Promise<Receipt | null> {
  const [name = "", keyId = "", encoded = ""] = logKey.split("+", 2).concat(logKey.split("+").slice(2).join("+"));
  const key = fromBase64(encoded);
  if (key[0] !== ED25519 || hex(hash(utf8(`${name}\n`), key).slice(0, 4)) !== keyId) return null;
  const end = note.indexOf("\n\n");
  if (end < 0) return null;
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2).split("\n")) {
    const [dash, signer, signature = ""] = line.split(" ");
    if (dash !== "—" || signer !== name) continue;
    const raw = fromBase64(signature);
    if (hex(raw.slice(0, 4)) !== keyId) continue;
    try {
      if (await verify(key.slice(1), new Uint8Array(), utf8(text), raw.slice(4))) return parseReceipt(text);
    } catch (error) {
      if (!(error instanceof UnfitKey)) throw error;
    }
  }
  return null;
}

/** Whether a receipt speaks of this very segment. */
export function receiptFits(receipt: Receipt, segment: Pick<Segment, "device" | "first" | "events" | "hash">): boolean {
  const last = segment.first + segment.events.length - 1;
  return (
    equal(receipt.device, segment.device) && receipt.first === segment.first && receipt.last === last &&
    equal(receipt.hash, segment.hash)
  );
}

/** The Authorization header of a device's request. `path` with its query. */
export async function signRequest(
  signer: Signer,
  method: string,
  path: string,
  now: number,
  body: Uint8Array = new Uint8Array(),
): Promise<string> {
  const message = encode([1, method, path, now, hash(concat(body))]);
  const token = encode([signer.publicKey, now, await signer.sign(CONTEXT.request, message)]);
  return `Satusuara-Device ${toBase64(token, true)}`;
}
