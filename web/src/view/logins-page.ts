// The page of the logins that act as the customer: what is linked, a form that proves who is there, and the ways to
// link one and to end one.

import type { LinkedLogin } from '../api.ts';
import { approvesFrom } from '../logins.ts';
import { asRefusal, type Refusal } from '../problem.ts';
import { wordsForLinks } from '../words.ts';
import { button, freshId, h, setToWork } from './dom.ts';
import { refusalView } from './refusal-view.ts';
import { passwordForm } from './sign-in.ts';
import { whenText } from './when.ts';

interface LoginsActions {
  readonly mayChange: boolean;
  /** What is linked; undefined where it takes the form to know. */
  list(): Promise<readonly LinkedLogin[] | undefined>;
  prove(username: string, password: string): Promise<void>;
  link(): Promise<readonly LinkedLogin[]>;
  unlink(login: LinkedLogin): Promise<readonly LinkedLogin[]>;
  sessionEnded(refusal: Refusal): void;
}

export class LoginsPage {
  readonly element: HTMLElement;
  readonly #actions: LoginsActions;
  readonly #notice = h('div', { class: 'notice-place' });
  readonly #said = h('p', { class: 'quiet', role: 'status' });
  readonly #heading = h('h2', { id: 'linked-title', tabindex: '-1' }, 'Linked logins');
  readonly #list = h('div', {}, h('p', { class: 'empty' }, 'Loading…'));
  readonly #change = h('section', { class: 'card', 'aria-labelledby': 'change-title' });

  constructor(actions: LoginsActions) {
    this.#actions = actions;
    this.element = h(
      'div',
      { class: 'home logins' },
      h(
        'div',
        { class: 'hello' },
        h('h1', {}, 'Logins'),
        h('p', { class: 'lead' }, 'With these logins at Auth0 you sign in to your accounts and approve payments.'),
        this.#notice,
      ),
      h('section', { class: 'card', 'aria-labelledby': 'linked-title' }, this.#heading, this.#list, this.#said),
      this.#change,
    );
  }

  async load(): Promise<void> {
    try {
      this.#show(await this.#actions.list());
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.code === 'session_ended') return this.#actions.sessionEnded(refusal);
      this.#show(undefined);
      const again = button('Try again', () => void this.load());
      this.#list.replaceChildren(refusalView(refusal, [again], wordsForLinks(refusal)));
    }
  }

  #show(linked: readonly LinkedLogin[] | undefined): void {
    const { mayChange } = this.#actions;
    if (linked === undefined) this.#list.replaceChildren(empty('Confirm who you are, and your logins are shown here.'));
    else if (linked.length === 0) this.#list.replaceChildren(empty('No login is linked. It takes one to send money.'));
    else {
      const rows = linked.map((login) => row(login, mayChange && (() => this.#askToEnd(login, linked.length === 1))));
      this.#list.replaceChildren(h('ul', { class: 'entries' }, ...rows));
    }
    this.#change.replaceChildren(...(mayChange ? this.#linking() : this.#proving()));
  }

  #proving(): Node[] {
    return [
      h('h2', { id: 'change-title' }, 'Change your logins'),
      h('p', {}, 'First confirm who you are. It holds for five minutes.'),
      passwordForm({
        button: 'Confirm',
        withPassword: async (username, password) => {
          try {
            await this.#actions.prove(username, password);
          } catch (error) {
            const refusal = asRefusal(error);
            this.#notice.replaceChildren(refusalView(refusal)); // beside the form, which keeps what was typed
            return;
          }
          this.#notice.replaceChildren();
          await this.load();
          this.#change.querySelector<HTMLElement>('button')?.focus();
        },
      }),
    ];
  }

  #linking(): Node[] {
    const press = () => {
      if (!setToWork(link, 'Waiting for the window…')) return;
      void this.#work(() => this.#actions.link(), 'The login is linked.');
    };
    const link = button('Link a login', press, { class: 'primary' });
    return [
      h('h2', { id: 'change-title' }, 'Link another login'),
      h('p', {}, 'You log in with it at Auth0, in a window of its own.'),
      h(
        'p',
        { class: 'quiet' },
        'It signs you in at once. It approves payments from a day after: until then you can see it here and end it, ' +
          'should somebody else have linked it.',
      ),
      link,
    ];
  }

  #askToEnd(login: LinkedLogin, last: boolean): void {
    const end = () => {
      dialog.close();
      void this.#work(() => this.#actions.unlink(login), 'The link has ended.');
    };
    const dialog: HTMLDialogElement = h(
      'dialog',
      { 'aria-labelledby': 'end-title', onclose: () => dialog.remove() },
      h('h2', { id: 'end-title' }, 'End this link?'),
      h('p', {}, h('code', {}, nameOf(login))),
      h(
        'p',
        {},
        'This login will no longer show your accounts or approve payments, and it is signed out. ' +
          'What it has begun may go on for a minute.',
      ),
      last && h('p', {}, 'It is your last one: without a login you cannot send money.'),
      h('p', { class: 'quiet' }, 'You can link it again. It then approves payments from a day after.'),
      h(
        'div',
        { class: 'actions' },
        button('Keep it', () => dialog.close()),
        button('End the link', end, { class: 'primary' }),
      ),
    );
    this.element.append(dialog);
    dialog.showModal();
  }

  async #work(work: () => Promise<readonly LinkedLogin[]>, said: string): Promise<void> {
    this.#notice.replaceChildren();
    this.#said.textContent = '';
    try {
      this.#show(await work());
      this.#said.textContent = said;
      this.#heading.focus();
    } catch (error) {
      const refusal = asRefusal(error);
      await this.load();
      this.#notice.replaceChildren(refusalView(refusal, [], wordsForLinks(refusal)));
      this.#change.querySelector<HTMLElement>('input, button')?.focus();
    }
  }
}

const by = { operator: 'by the bank', customer: 'by you', verified_email: 'by your e-mail address' };

// Two tenants may call two people the same; the bank's own needs no name.
function nameOf({ tenant, sub }: LinkedLogin): string {
  return tenant === 'main' ? sub : `${sub} (${tenant})`;
}

function row(login: LinkedLogin, end: false | (() => void)): HTMLElement {
  const linkedOn = new Date(login.linked_at).toLocaleDateString(undefined, { dateStyle: 'medium' });
  const from = approvesFrom(login);
  const id = freshId('login');
  return h(
    'li',
    { 'data-login': login.sub },
    h('code', { id }, nameOf(login)),
    h('p', { class: 'quiet' }, `Linked ${by[login.linked_by]} on ${linkedOn}`),
    from !== undefined && h('p', { class: 'quiet' }, `Approves payments from ${whenText(from)}`),
    end && button('End this link', end, { 'aria-describedby': id }),
  );
}

function empty(text: string): HTMLElement {
  return h('p', { class: 'empty' }, text);
}
