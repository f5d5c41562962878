/**
 * The union of everything heard. A check-in is a claim, never a field that somebody overwrites: order, repetition and
 * delay cannot matter. The twin of pollbook/rules/merge.py.
 */

import { type Bytes, compare, hex, utf8 } from "./bytes";
import { type Event, genesis, Kind, undoneBy, type Voter } from "./events";
import { hash } from "./keys";
import type { Segment } from "./segments";

const UNDOABLE: ReadonlySet<Kind> = new Set([Kind.CHECK_IN, Kind.BALLOTS_ISSUED, Kind.INK_APPLIED, Kind.SPOILT]);
export const MAX_PAIRED = 16;

/** An event's id as text that sorts like its bytes: device in hex, number in eight digits of hex. */
export type IdText = string;

/** An event with where it stands and what it hashes to. Two entries of one id are a fork. */
export interface Entry {
  readonly device: Bytes;
  readonly seq: number;
  readonly hash: Bytes;
  readonly station: string;
  readonly election: string;
  readonly event: Event;
}

export interface Fork {
  readonly device: string;
  readonly seq: number;
  readonly hashes: readonly [string, string];
}

export type PersonOf = (station: string, voter: number | Bytes) => string;

export interface State {
  readonly claims: ReadonlyMap<string, readonly IdText[]>;
  readonly cancelled: ReadonlySet<IdText>;
  readonly idleUndos: ReadonlyMap<IdText, readonly IdText[]>;
  readonly conflicts: ReadonlyMap<string, readonly [IdText, IdText]>;
  readonly forks: readonly Fork[];
  readonly entries: readonly Entry[];
  readonly live: readonly Entry[];
}

export function idText(device: Uint8Array, seq: number): IdText {
  return hex(device) + seq.toString(16).padStart(8, "0");
}

/** Who is meant, where no roll is at hand: a key as it is, a roll line by station and number. */
export function linePerson(station: string, voter: number | Bytes): string {
  if (voter instanceof Uint8Array) return hex(voter);
  return hex(hash(utf8(`satusuara/line/1\n${station}\n${voter}`))).slice(0, 32);
}

/** The name of a conflict, the same on every replica. */
export function caseId(one: IdText, other: IdText): string {
  const [first, second] = one < other ? [one, other] : [other, one];
  return hex(hash(bytesOf(first), bytesOf(second)));
}

function bytesOf(id: IdText): Bytes {
  return new Uint8Array((id.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

/** What is known of one device: events by number, and how far they reach without a gap. */
class DeviceLog {
  readonly events = new Map<number, Map<string, Entry>>();
  head = 0;

  constructor(readonly device: Bytes) {}

  add(entry: Entry): boolean {
    let here = this.events.get(entry.seq);
    if (!here) this.events.set(entry.seq, (here = new Map()));
    const key = entryKey(entry);
    if (here.has(key)) return false;
    here.set(key, entry);
    while (this.events.has(this.head + 1)) this.head += 1;
    return true;
  }

  get gaps(): [number, number][] {
    const known = [...this.events.keys()].sort((a, b) => a - b);
    const found: [number, number][] = [];
    let before = 0;
    for (const seq of known) {
      if (seq - before > 1) found.push([before + 1, seq - 1]);
      before = seq;
    }
    return found;
  }

  *forks(): Generator<Fork> {
    const device = hex(this.device);
    for (const [seq, here] of this.events) {
      const hashes = [...here.values()].map((entry) => hex(entry.hash)).sort();
      if (hashes.length > 1) yield { device, seq, hashes: [hashes[0] as string, hashes[1] as string] };
      for (const entry of here.values()) {
        const before = this.before(entry);
        const meant = hex(entry.event.prev);
        if (before.length > 0 && !before.includes(meant)) {
          const pair = [before.sort()[0] as string, meant].sort() as [string, string];
          yield { device, seq: seq - 1, hashes: pair };
        }
      }
    }
  }

  private before(entry: Entry): string[] {
    if (entry.seq === 1) return [hex(genesis(this.device, entry.election, entry.station))];
    return [...(this.events.get(entry.seq - 1)?.values() ?? [])].map((earlier) => hex(earlier.hash));
  }
}

/** Everything one tier has heard. Equal sets of segments give equal replicas, however they came. */
export class Replica {
  private readonly logs = new Map<string, DeviceLog>();

  constructor(private readonly personOf: PersonOf = linePerson) {}

  /** Adds an opened segment's events; how many were new. */
  add(segment: Pick<Segment, "device" | "station" | "election" | "events" | "hashes">): number {
    let added = 0;
    for (const [n, event] of segment.events.entries()) {
      const { device, station, election } = segment;
      const hashed = segment.hashes[n] as Bytes;
      if (this.addEntry({ device, seq: event.seq, hash: hashed, station, election, event })) added += 1;
    }
    return added;
  }

  addEntry(entry: Entry): boolean {
    const name = hex(entry.device);
    let log = this.logs.get(name);
    if (!log) this.logs.set(name, (log = new DeviceLog(entry.device)));
    return log.add(entry);
  }

  /** {device: highest number without a gap before it}. */
  have(): Map<string, number> {
    return new Map(this.sorted().map(([name, log]) => [name, log.head]));
  }

  gaps(): Map<string, [number, number][]> {
    const found = this.sorted().map(([name, log]) => [name, log.gaps] as const);
    return new Map(found.filter(([, gaps]) => gaps.length > 0));
  }

  state(): State {
    const entries = this.sorted().flatMap(([, log]) => [...log.events.values()].flatMap((here) => [...here.values()]));
    return resolve(entries, this.personOf, this.sorted().flatMap(([, log]) => [...log.forks()]));
  }

  private sorted(): [string, DeviceLog][] {
    return [...this.logs].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** The meaning of a set of events: a function of the set alone. */
export function resolve(entries: readonly Entry[], personOf: PersonOf = linePerson, forks: readonly Fork[] = []): State {
  const known = sortedOnce(entries);
  const byId = new Map<IdText, Entry[]>();
  for (const entry of known) {
    const id = idText(entry.device, entry.seq);
    byId.set(id, [...(byId.get(id) ?? []), entry]);
  }
  const cancelled = new Set<IdText>();
  const idleUndos = new Map<IdText, readonly IdText[]>();
  for (const entry of known) {
    if (entry.event.kind !== Kind.UNDO) continue;
    const named = undoneBy(entry.event).map(({ device, seq }) => idText(device, seq));
    const hit = named.filter((id) => byId.get(id)?.some((target) => undoCounts(entry, target)));
    for (const id of hit) cancelled.add(id);
    if (hit.length < named.length) {
      idleUndos.set(idText(entry.device, entry.seq), named.filter((id) => !hit.includes(id)));
    }
  }
  const live = known.filter((entry) => !cancelled.has(idText(entry.device, entry.seq)));
  const claims = claimsOf(live, personOf);
  const conflicts = new Map([...claims.values()].flatMap(cases).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { claims, cancelled, idleUndos, conflicts, forks: distinct(forks), entries: known, live };
}

/** Whether an undo takes this event back: same station, something that can be taken back, not the future. */
export function undoCounts(undo: Entry, target: Entry): boolean {
  return (
    undo.station === target.station &&
    UNDOABLE.has(target.event.kind) &&
    (compare(undo.device, target.device) !== 0 || target.seq < undo.seq)
  );
}

/** How many live claims a voter of a station has: 0 not voted, 1 voted, 2 and more a conflict. */
export function votesOf(state: State, station: string, voter: Exclude<Voter, null>, personOf: PersonOf = linePerson): number {
  return state.claims.get(personOf(station, voter))?.length ?? 0;
}

function claimsOf(live: readonly Entry[], personOf: PersonOf): Map<string, readonly IdText[]> {
  const found = new Map<string, Set<IdText>>();
  for (const { event, station, device, seq } of live) {
    if (event.kind !== Kind.CHECK_IN || event.voter === null) continue;
    const person = personOf(station, event.voter);
    found.set(person, (found.get(person) ?? new Set()).add(idText(device, seq)));
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([person, ids]) => [person, [...ids].sort()]));
}

function cases(ids: readonly IdText[]): [string, readonly [IdText, IdText]][] {
  const paired = ids.slice(0, MAX_PAIRED);
  return paired.flatMap((a, n) => paired.slice(n + 1).map((b) => [caseId(a, b), [a, b]] as [string, [IdText, IdText]]));
}

function entryKey(entry: Entry): string {
  return `${hex(entry.hash)}/${entry.station}/${entry.election}`;
}

function sortedOnce(entries: readonly Entry[]): Entry[] {
  const keyed = new Map(entries.map((entry) => [`${idText(entry.device, entry.seq)}/${entryKey(entry)}`, entry]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

function distinct(forks: readonly Fork[]): Fork[] {
  const text = (fork: Fork) => `${fork.device}${fork.seq.toString(16).padStart(8, "0")}${fork.hashes.join()}`;
  const keyed = new Map(forks.map((fork) => [text(fork), fork]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fork]) => fork);
}

