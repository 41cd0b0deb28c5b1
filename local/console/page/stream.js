// The server's events. A page that nobody looks at lets go of its connection, for a browser has only six to an origin,
// and the API is at this one; when it is looked at again it asks for what it has missed.

/**
 * @param {object} on
 * @param {(epoch: string) => void} on.hello  at each connection; a new epoch is another start of the runner
 * @param {(kind: string, value: object) => void} on.event
 * @param {(state: 'connecting' | 'live' | 'lost') => void} on.state
 */
export function follow(on) {
  let source;
  let last = '';

  const open = () => {
    if (source) return;
    on.state('connecting');
    source = new EventSource(`/_drawbridge/events${last && `?after=${encodeURIComponent(last)}`}`);
    source.addEventListener('hello', ({ data }) => {
      on.hello(JSON.parse(data).epoch);
      on.state('live');
    });
    for (const kind of ['request', 'run', 'status']) {
      source.addEventListener(kind, ({ data, lastEventId }) => {
        last = lastEventId;
        on.event(kind, JSON.parse(data));
      });
    }
    source.addEventListener('error', () => {
      on.state('lost');
      if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
      source = undefined;
      setTimeout(() => document.hidden || open(), 2000);
    });
  };
  const close = () => {
    source?.close();
    source = undefined;
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', () => document.hidden || open());
  open();
}
