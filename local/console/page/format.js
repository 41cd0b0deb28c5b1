// Numbers and times, as short as they can be said.

export function duration(ms) {
  if (ms < 1) return `${Math.round(ms * 1000)}\u00a0µs`; // no line ends between a number and its unit
  if (ms < 10) return `${ms.toFixed(1)}\u00a0ms`;
  return ms < 10_000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0s`;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** @param {string | number} at what Date takes */
export function time(at) {
  const date = new Date(at);
  return Number.isNaN(date.valueOf()) ? '' : clock.format(date);
}

/** Seconds since 1970, with the time that they are. */
export const numericDate = (seconds) => `${seconds} (${time(Number(seconds) * 1000) || 'no time'})`;

export const count = (n, one, more) => `${n} ${n === 1 ? one : more}`;
