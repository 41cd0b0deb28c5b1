// A date and a time as the reader writes them.

export function whenText(at: Date | string | number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
