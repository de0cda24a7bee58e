/**
 * How long to wait before a lost database is tried again: longer each time, one second at most. The driver's own pauses grow to twenty seconds per
 * connection, so that after an outage of five seconds some connections would stay closed for that long.
 * @param tries attempts that failed so far
 * @param draw 0 to 1, so that not all come at once
 * @returns seconds
 */
export function reconnectPause(tries: number, draw: number): number {
  return Math.min(0.05 * 2 ** tries, 1) * (0.5 + draw / 2);
}
