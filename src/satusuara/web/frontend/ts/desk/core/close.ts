/** The evening's arithmetic: what the events say against what the papers say. The twin of pollbook/rules/close.py. */

import { Kind, type Event, undoneBy } from "./events";
import { hex } from "./bytes";
import { type Entry, idText, type State } from "./merge";

export interface Totals {
  readonly attendance: readonly (readonly number[])[]; // [category][part]
  readonly issued: readonly number[]; // [contest]
  readonly entitled: readonly number[];
  readonly spoilt: readonly number[];
  readonly unreturned: readonly number[];
  readonly received: readonly number[]; // empty while no desk has opened
  readonly checkIns: number;
  readonly inked: number;
  readonly refused: ReadonlyMap<number, number>;
  readonly opened: boolean;
  readonly closings: readonly Event[];
}

export type RuleCode = "a" | "b.stock" | "b.used" | "b.received" | "b.mask" | "b.unreturned" | "c";

/** One comparison. `holds` null: a side is not known yet. */
export interface Line {
  readonly rule: RuleCode;
  readonly left: number | null;
  readonly right: number | null;
  readonly category: number | null;
  readonly part: number | null;
  readonly contest: number | null;
  readonly holds: boolean | null;
}

export interface Shape {
  readonly contests: number;
  readonly categories: number;
  readonly parts: number;
}

/** Counts one station's events. */
export function totals(state: State, station: string, { contests, categories, parts }: Shape): Totals {
  const here = state.live.filter((entry) => entry.station === station);
  const of = (kind: Kind) => here.filter((entry) => entry.event.kind === kind);
  const attendance = Array.from({ length: categories }, () => new Array<number>(parts).fill(0));
  const issuedTo = new Map<string, number>();
  for (const { event } of of(Kind.BALLOTS_ISSUED)) {
    const name = voterName(event);
    issuedTo.set(name, (issuedTo.get(name) ?? 0) | event.mask);
  }
  const [issued, entitled, spoilt] = [zeros(contests), zeros(contests), zeros(contests)];
  const seen = new Set<string>();
  for (const entry of of(Kind.CHECK_IN)) {
    const { event } = entry;
    const id = idText(entry.device, entry.seq);
    if (seen.has(id) || event.voter === null || event.category === null) continue;
    seen.add(id);
    const [part] = event.detail as [number, unknown];
    const row = attendance[event.category];
    if (row && part < parts) row[part] = (row[part] ?? 0) + 1;
    count(issued, issuedTo.get(voterName(event)) ?? 0);
    count(entitled, event.mask);
  }
  for (const { event } of of(Kind.SPOILT)) count(spoilt, event.mask);
  const refused = new Map<number, number>();
  for (const { event } of of(Kind.REFUSED)) {
    const why = event.detail as number;
    refused.set(why, (refused.get(why) ?? 0) + 1);
  }
  return {
    attendance, issued, entitled, spoilt, unreturned: unreturned(state, station, contests),
    received: received(of(Kind.OPEN), contests), checkIns: seen.size,
    inked: new Set(of(Kind.INK_APPLIED).map((entry) => idText(entry.device, entry.seq))).size, refused,
    opened: of(Kind.OPEN).length > 0, closings: of(Kind.CLOSE).map((entry) => entry.event),
  }; // prettier-ignore
}

/** Every comparison of the close, in order: what the events say (left), what the papers say (right). */
export function reconcile(said: Totals): Line[] {
  const last = said.closings.reduce<Event | undefined>((newest, event) => (newest && !later(event, newest) ? newest : event), undefined);
  const [lists, ballots] = (last?.detail ?? [[], [], []]) as [number[][], number[][], number[]];
  const lines: Line[] = [];
  said.attendance.forEach((row, category) =>
    row.forEach((number, part) => lines.push(line("a", number, cell(lists, category, part), { category, part }))),
  );
  said.issued.forEach((number, contest) => {
    const [got, used, spoilt, unused] = [0, 1, 2, 3].map((column) => cell(ballots, contest, column));
    const whole = used == null || spoilt == null || unused == null ? null : used + spoilt + unused;
    lines.push(
      line("b.stock", said.received.length ? (said.received[contest] ?? 0) : null, got ?? null, { contest }),
      line("b.used", number, used ?? null, { contest }),
      line("b.received", got ?? null, whole, { contest }),
      line("b.mask", number, said.entitled[contest] ?? 0, { contest }),
      line("b.unreturned", said.unreturned[contest] ?? 0, 0, { contest }),
    );
  });
  lines.push(line("c", said.inked, said.checkIns, {}));
  return lines;
}

export function isClean(lines: readonly Line[]): boolean {
  return lines.every((each) => each.holds === true);
}

function line(
  rule: RuleCode,
  left: number | null,
  right: number | null,
  at: Partial<Pick<Line, "category" | "part" | "contest">>,
): Line {
  const holds = left === null || right === null ? null : left === right;
  return { rule, left, right, category: at.category ?? null, part: at.part ?? null, contest: at.contest ?? null, holds };
}

function later(event: Event, than: Event): boolean {
  const [a, b] = [event, than].map(({ stamp, seq }) => [...stamp, seq]) as [number[], number[]];
  const n = a.findIndex((part, at) => part !== b[at]);
  return n >= 0 && (a[n] ?? 0) > (b[n] ?? 0);
}

function cell(rows: readonly (readonly number[])[], row: number, column: number): number | null {
  return rows[row]?.[column] ?? null;
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

function count(into: number[], mask: number): void {
  for (let contest = 0; contest < into.length; contest++) into[contest] = (into[contest] ?? 0) + ((mask >> contest) & 1);
}

function voterName(event: Event): string {
  return event.voter instanceof Uint8Array ? hex(event.voter) : String(event.voter);
}

/** The stock that the first desk of the station counted; a second desk's opening repeats it. */
function received(opens: readonly Entry[], contests: number): number[] {
  for (const { event } of opens) {
    const [stock] = event.detail as [number[], number];
    if (stock.length > 0) return [...stock, ...zeros(contests)].slice(0, contests);
  }
  return [];
}

/** Per contest: ballots whose issue was undone and that the undo does not say came back. */
function unreturned(state: State, station: string, contests: number): number[] {
  const back = new Map<string, number>();
  for (const { event, station: where } of state.entries) {
    if (where !== station || event.kind !== Kind.UNDO) continue;
    for (const { device, seq } of undoneBy(event)) {
      const id = idText(device, seq);
      back.set(id, (back.get(id) ?? 0) | event.mask);
    }
  }
  const issued = new Map<string, number>();
  for (const { event, device, seq, station: where } of state.entries) {
    const id = idText(device, seq);
    if (where === station && event.kind === Kind.BALLOTS_ISSUED && state.cancelled.has(id)) issued.set(id, event.mask);
  }
  const out = zeros(contests);
  for (const [id, mask] of issued) count(out, mask & ~(back.get(id) ?? 0));
  return out;
}
