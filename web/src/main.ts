// Wires the app together.

import { BankAPI } from './api.ts';
import { App } from './app.ts';
import { pauseFor, PhoneAsking } from './asking.ts';
import { Auth } from './auth.ts';
import { loadConfig } from './config.ts';
import { HostClock } from './host-clock.ts';
import { Logins } from './logins.ts';
import { requireBrowser } from './missing.ts';
import { cancelSlot, PendingTransfers, unknownSlots } from './pending.ts';
import { Session } from './session.ts';
import { StepUp } from './step-up.ts';
import { TransferDesk } from './transfer.ts';
import { Shell } from './view/shell.ts';
import { brokenPage } from './view/broken.ts';

const root = document.getElementById('app')!;

try {
  requireBrowser();
  const { config, headers } = await loadConfig();
  const clock = new HostClock(headers);
  const auth = new Auth(config, clock);
  const api = new BankAPI(config.api, auth.fetch);
  const session = new Session(api, auth);
  const stepUp = new StepUp(auth);
  const pendings = new PendingTransfers(sessionStorage, localStorage);
  const phone = new PhoneAsking({ api, session, pendings, clock, locks: navigator.locks, pause: pauseFor });
  const desk = new TransferDesk({ api, auth, session, stepUp, phone, pendings });

  const shell = new Shell(root, { signOut: () => void app.signOut(), open: (path) => void app.open(path) });
  const app = new App({ api, auth, session, logins: new Logins(api, auth, session), desk, pendings }, shell);
  addEventListener('popstate', () => void app.showPage());
  addEventListener('pageshow', (event) => {
    if (event.persisted) app.resume();
  });
  addEventListener('storage', ({ key, newValue }) => {
    if (key === cancelSlot && newValue !== null) app.calledOff(newValue);
    if (key === null || key.startsWith(unknownSlots)) app.settledElsewhere();
  });
  await app.start();
} catch (error) {
  root.replaceChildren(brokenPage(error));
}
