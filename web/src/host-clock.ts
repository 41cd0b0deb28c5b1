// The time as the host of this page has it. A device's own clock may be minutes off, and id_tokens are checked against
// it: a person whose clock is ahead could not sign in, and an approval would be lost. The host's Date header (RFC 9110
// section 6.6.1, with Age where a cache answered, RFC 9111 section 5.1) is readable on its own origin, and the host
// that serves the page is trusted with more than the time.

// The header has whole seconds, and the answer was on its way for a while: less than this is no difference.
export const tolerance = 30_000;

// Who waits for the time waits for no host that keeps silent.
const patience = 5_000;

export class HostClock {
  readonly #ask: () => Promise<Headers>;
  readonly #now: () => number;
  readonly #uptime: () => number;
  #ahead = 0;
  #startedAt: number;

  /** answered are the headers of an answer that has just come; ask gets new ones. */
  constructor(
    answered: Headers,
    ask: () => Promise<Headers> = fetchHeaders,
    now: () => number = () => Date.now(),
    uptime: () => number = () => performance.now(),
  ) {
    this.#ask = ask;
    this.#now = now;
    this.#uptime = uptime;
    this.#startedAt = now() - uptime();
    this.#set(answered);
  }

  /** Milliseconds since the epoch. Asks the host again if the device's clock was set, or the device slept. */
  async now(): Promise<number> {
    if (Math.abs(this.#now() - this.#uptime() - this.#startedAt) > tolerance) {
      const answered = await this.#ask().catch(() => undefined);
      if (answered !== undefined) this.#set(answered);
    }
    return this.#now() - this.#ahead;
  }

  #set(headers: Headers): void {
    this.#startedAt = this.#now() - this.#uptime();
    const date = Date.parse(headers.get('date') ?? '');
    const ahead = this.#now() - (date + Number(headers.get('age') ?? 0) * 1000);
    this.#ahead = Math.abs(ahead) > tolerance ? ahead : 0;
  }
}

async function fetchHeaders(): Promise<Headers> {
  return (await fetch('/config.json', { cache: 'no-store', signal: AbortSignal.timeout(patience) })).headers;
}
