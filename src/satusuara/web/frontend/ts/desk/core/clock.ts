/** Order for the eye: a hybrid logical clock that no wrong clock can drag along. The twin of pollbook/rules/clock.py. */

export type Stamp = readonly [ms: number, ctr: number];

export const MAX_AHEAD_MS = 15 * 60 * 1000;

/** The stamp of the device's next event. */
export function tick(last: Stamp, now: number): Stamp {
  if (now > last[0] || last[0] - now > MAX_AHEAD_MS) return [now, 0];
  return [last[0], last[1] + 1];
}

/** The clock after hearing `remote`, and whether that one is suspect: then the clock does not move. */
export function receive(last: Stamp, remote: Stamp, now: number): [Stamp, boolean] {
  if (isSuspect(remote, now)) return [last, true];
  const later = remote[0] > last[0] || (remote[0] === last[0] && remote[1] > last[1]);
  return [later ? remote : last, false];
}

export function isSuspect(stamp: Stamp, now: number): boolean {
  return stamp[0] - now > MAX_AHEAD_MS;
}
