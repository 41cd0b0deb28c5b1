// What this page cannot do without. A browser may keep it back: storage where site data is blocked, cryptography on a
// page that did not come over a secure connection.

/** What the browser lacks or keeps back, in a customer's words. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`the browser lacks: ${missing.join('; ')}`);
    this.missing = missing;
  }
}

const needs: Readonly<Record<string, () => boolean>> = {
  'a secure connection: this page’s address must begin with https': () => typeof crypto?.subtle?.digest === 'function',
  'session storage: allow this site to store data': () => keeps(() => sessionStorage),
  'local storage: allow this site to store data': () => keeps(() => localStorage),
  'a newer browser: this one knows no locks': () => typeof navigator.locks?.request === 'function',
  'a place for keys (IndexedDB): allow this site to store data': keepsKeys,
  'cookies: allow this site to set them': () => navigator.cookieEnabled,
};

/** Throws a MissingError that names all that is missing. */
export function requireBrowser(): void {
  const missing = Object.keys(needs).filter((name) => !needs[name]!());
  if (missing.length > 0) throw new MissingError(missing);
}

// Whether it can be opened shows only when it is. Where site data is blocked, even to name it throws.
function keepsKeys(): boolean {
  try {
    return typeof indexedDB === 'object' && indexedDB !== null;
  } catch {
    return false;
  }
}

// Where site data is blocked, even to name the storage throws.
function keeps(storage: () => Storage): boolean {
  try {
    const name = 'drawbridge.probe';
    storage().setItem(name, '1');
    storage().removeItem(name);
    return true;
  } catch {
    return false;
  }
}
