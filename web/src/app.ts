// The app: which page is shown when, and what each action sets going. The parts do the work; this file is the order
// in which they do it, but for the sending of money, which is in sending.ts.

import type { Account } from './account.ts';
import type { BankAPI } from './api.ts';
import { type Auth, errandOf, type Returned } from './auth.ts';
import type { Logins } from './logins.ts';
import type { PendingTransfers } from './pending.ts';
import { asRefusal, type Refusal } from './problem.ts';
import { Sending } from './sending.ts';
import type { Session } from './session.ts';
import { signInRefusal, tenantRefusal } from './tenant-refusal.ts';
import type { TransferDesk } from './transfer.ts';
import { button, h } from './view/dom.ts';
import { HistoryView } from './view/history.ts';
import { HomePage } from './view/home.ts';
import { LoginsPage } from './view/logins-page.ts';
import { refusalView } from './view/refusal-view.ts';
import type { Shell } from './view/shell.ts';
import { signInPage } from './view/sign-in.ts';

interface Parts {
  readonly api: BankAPI;
  readonly auth: Auth;
  readonly session: Session;
  readonly logins: Logins;
  readonly desk: TransferDesk;
  readonly pendings: PendingTransfers;
}

const pageSize = 8;
const accountsWay = { name: 'Accounts', path: '/' };
const loginsWay = { name: 'Logins', path: '/logins' };
const atLogins = () => location.pathname === loginsWay.path;

export class App {
  readonly #parts: Parts;
  readonly #shell: Shell;
  #accounts: readonly Account[] = [];
  #home: HomePage | undefined;
  readonly #sending: Sending;

  constructor(parts: Parts, shell: Shell) {
    this.#parts = parts;
    this.#shell = shell;
    this.#sending = new Sending(parts, {
      accounts: () => this.#accounts,
      refresh: (options) => this.#refresh(options),
      sessionEnded: (refusal) => this.showSignIn(refusal),
    });
  }

  /** Takes up where the browser stands: back from the tenant, reloaded, or new. */
  async start(): Promise<void> {
    this.#shell.showWaiting();
    const returned = location.pathname === '/callback' ? await this.#finishErrand() : undefined;
    const signedIn = (returned?.errand !== undefined && !returned.refusal) || (await this.#parts.auth.restore());
    if (!signedIn || !(await this.#parts.session.openFromTenant())) {
      this.showSignIn(returned?.refusal);
      return;
    }
    if (returned === undefined) await this.showPage();
    else await this.#enter(returned);
  }

  /** A page that the browser kept alive while it was away at the tenant: the person came back without an answer. */
  resume(): void {
    if (this.#parts.session.person === undefined) this.showSignIn();
    else if (this.#home !== undefined) this.#sending.cameBack();
  }

  /** Another tab has heard from the bank, or has sent something. */
  settledElsewhere(): void {
    if (this.#home !== undefined) void this.#sending.settledElsewhere();
  }

  /** The person has cancelled a transfer in another tab. */
  calledOff(key: string): void {
    this.#sending.calledOff(key);
  }

  async open(path: string): Promise<void> {
    history.pushState(undefined, '', path);
    await this.showPage();
    this.#shell.focus();
  }

  /** Shows the page that the address names to someone who is signed in. */
  async showPage(): Promise<void> {
    if (this.#parts.session.person === undefined) return;
    if (atLogins()) await this.#showLogins();
    else if (this.#home === undefined) await this.#enter(undefined);
    else {
      this.#showHome(this.#home);
      await this.#refresh();
    }
  }

  showSignIn(refusal?: Refusal): void {
    this.#sending.leave();
    this.#home = undefined;
    this.#shell.show(
      'Sign in',
      signInPage(
        {
          withTenant: () => this.#signInAtTenant(),
          withPassword: (username, password) => this.#signInWithPassword(username, password),
        },
        refusal && refusalView(refusal),
      ),
    );
  }

  #signInAtTenant(): void {
    this.#parts.auth.signIn().catch((error: unknown) => this.showSignIn(signInRefusal(error)));
  }

  async signOut(): Promise<void> {
    this.#parts.desk.abandon();
    this.#accounts = [];
    history.replaceState(undefined, '', '/');
    this.showSignIn(); // at once, so that the back button finds no balance
    this.#shell.focus();
    await this.#parts.session.signOut();
  }

  async #finishErrand(): Promise<Returned> {
    const url = location.href;
    history.replaceState(undefined, '', '/'); // the code is for one use and does not belong into the history
    try {
      return { errand: await this.#parts.auth.finish(url) };
    } catch (error) {
      const errand = errandOf(error);
      return { errand, refusal: errand === 'step-up' ? tenantRefusal(error) : signInRefusal(error) };
    }
  }

  async #signInWithPassword(username: string, password: string): Promise<void> {
    try {
      await this.#parts.session.openWithPassword(username, password);
    } catch (error) {
      this.#noticeOnSignIn(asRefusal(error));
      return;
    }
    await this.showPage();
    this.#shell.focus();
  }

  // Beside the form, which keeps what was typed.
  #noticeOnSignIn(refusal: Refusal): void {
    const page = document.querySelector('.sign-in');
    page?.querySelector('.refusal')?.remove();
    page?.querySelector('.welcome')?.after(refusalView(refusal));
  }

  async #enter(returned: Returned | undefined): Promise<void> {
    const { session } = this.#parts;
    const home = new HomePage(session, this.#sending.newCard(), this.#newHistory(), () => this.#signInAtTenant());
    this.#home = home;
    if (returned?.errand === 'step-up' && !returned.refusal && this.#parts.pendings.waiting()) {
      // The approval is fresh now: the transfer goes first, then the balances, which show what it did.
      this.#showHome(home);
      await this.#sending.sendApproved();
      return;
    }
    // Shown once it is whole, so that nothing moves under the reader's eyes.
    if (await this.#refresh()) this.#sending.takeUp(returned);
    if (this.#home === home && !atLogins()) this.#showHome(home);
  }

  #showHome(home: HomePage): void {
    this.#shell.show('Accounts', home.element, loginsWay);
  }

  async #showLogins(): Promise<void> {
    const { logins, session } = this.#parts;
    const page = new LoginsPage({
      get mayChange() {
        return logins.mayChange;
      },
      list: () => logins.list(),
      prove: async (username, password) => {
        await session.openWithPassword(username, password);
        this.#sending.leave(); // it may be another customer's
        this.#home = undefined;
      },
      link: () => logins.link(),
      unlink: (login) => logins.unlink(login),
      sessionEnded: (refusal) => this.showSignIn(refusal),
    });
    this.#shell.show('Logins', page.element, accountsWay);
    await page.load();
  }

  // Balances and the first page of the history; false without the balances.
  async #refresh({ announce = false } = {}): Promise<boolean> {
    const { session, api } = this.#parts;
    const home = this.#home;
    const [accounts, statement] = await Promise.allSettled([
      session.read((credential) => api.balance(credential)),
      session.read((credential) => api.statement(credential, pageSize)),
    ]);
    if (this.#home !== home) return false; // somebody has signed out since, or another person in
    if (accounts.status === 'rejected') {
      this.#unreadable(asRefusal(accounts.reason));
      return false;
    }
    this.#accounts = accounts.value;
    home?.showAccounts(accounts.value, { announce });
    if (statement.status === 'fulfilled') home?.history.show(statement.value);
    else home?.history.refuse(this.#withRetry(asRefusal(statement.reason)));
    return true;
  }

  #unreadable(refusal: Refusal): void {
    if (refusal.code === 'session_ended') {
      // The person must see the transfer just made, also if they have to sign in again to see the balances.
      if (this.#sending.underWay)
        this.#home?.refuse(refusalView(refusal, [button('Sign in again', () => this.#signInAtTenant())]));
      else this.showSignIn(refusal);
      return;
    }
    this.#home?.refuse(this.#withRetry(refusal));
    this.#sending.showNoAccounts();
    this.#home?.history.refuse(h('p', { class: 'empty' }, 'Not available at the moment.'));
  }

  #withRetry(refusal: Refusal): HTMLElement {
    const retry = async () => {
      if (await this.#refresh({ announce: true })) this.#sending.takeUp(undefined);
    };
    return refusalView(refusal, [button('Try again', () => void retry())]);
  }

  #newHistory(): HistoryView {
    const { session, api } = this.#parts;
    return new HistoryView(
      (next) => session.read((credential) => api.statement(credential, pageSize, next)),
      (error) => this.#withRetry(asRefusal(error)),
    );
  }
}
