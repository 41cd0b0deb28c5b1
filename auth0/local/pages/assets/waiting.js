// Asks four times a second whether the phone has answered, and then goes on. Without this script the page reloads
// itself.

async function ask() {
  try {
    const response = await fetch('?state', { cache: 'no-store' });
    const { state } = response.ok ? await response.json() : { state: 'gone' };
    if (state !== 'pending') return location.replace(location.pathname);
  } catch {
    // The tenant restarts, or the network is away: ask again.
  }
  return setTimeout(ask, 250);
}

setTimeout(ask, 250);
