// Shows new requests without a reload: four times a second it fetches this very page, and takes its list if that has
// changed.

const list = () => document.querySelector('#challenges');

async function update() {
  try {
    const response = await fetch('/phone', { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('#challenges');
    // Left alone while it is the same: replacing it would take the focus from a button.
    if (response.ok && fresh && fresh.innerHTML !== list().innerHTML) list().replaceChildren(...fresh.childNodes);
  } catch {
    // The tenant restarts: ask again.
  }
  setTimeout(update, 250);
}

setTimeout(update, 250);
