/** As much of a browser as a login needs: cookies with their paths, redirects one by one, forms. No JavaScript. */

export class Browser {
  #cookies = new Map();

  /** One request, redirects not followed. */
  async fetch(url, { headers = {}, ...options } = {}) {
    const target = new URL(url);
    const cookie = this.#cookiesFor(target);
    const response = await fetch(target, {
      ...options,
      redirect: 'manual',
      headers: { ...(cookie && { cookie }), ...headers },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line, target);
    return response;
  }

  /** Follows redirects while they stay at the origin of `url`; answers {url, response}, url where it ended. */
  async go(url, options) {
    const { origin } = new URL(url);
    let current = url;
    let response = await this.fetch(current, options);
    for (let hops = 0; hops < 10 && response.headers.has('location'); hops += 1) {
      current = new URL(response.headers.get('location'), current).href;
      if (new URL(current).origin !== origin) return { url: current, response };
      response = await this.fetch(current);
    }
    return { url: current, response };
  }

  /** Fills in and sends the form of the page at `url`. */
  submit(url, fields) {
    return this.go(url, { method: 'POST', body: new URLSearchParams(fields) });
  }

  #keep(line, { pathname }) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const split = pair.indexOf('=');
    const [name, value] = [pair.slice(0, split), pair.slice(split + 1)];
    const attribute = (key) =>
      attributes.find((item) => item.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = attribute('path') ?? pathname.replace(/\/[^/]*$/, '/');
    const gone = attribute('expires') && Date.parse(attribute('expires')) < Date.now();
    if (gone || value === '') this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { name, value, path });
  }

  #cookiesFor({ pathname }) {
    return [...this.#cookies.values()]
      .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}
