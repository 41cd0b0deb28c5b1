// The page of someone who is not signed in: through the tenant, or with the bank's own username and password.

import { bridge } from './bridge.ts';
import { button, h, setToWork } from './dom.ts';
import { field } from './field.ts';

interface SignInActions {
  withTenant(): void;
  /** Resolves when it is done; the caller shows what stood in the way. */
  withPassword(username: string, password: string): Promise<void>;
}

export function signInPage(actions: SignInActions, notice?: HTMLElement): HTMLElement {
  return h(
    'div',
    { class: 'sign-in' },
    h(
      'div',
      { class: 'welcome' },
      bridge('up'),
      h('h1', {}, 'Sign in to your bank'),
      h('p', { class: 'lead' }, 'Reading is one step. Sending money asks your phone, every time.'),
    ),
    notice,
    h(
      'section',
      { class: 'card', 'aria-labelledby': 'with-tenant' },
      h('h2', { id: 'with-tenant' }, 'With your Auth0 login'),
      h('p', {}, 'You sign in on a page of its own and come straight back.'),
      button('Continue with Auth0', () => actions.withTenant(), { class: 'primary' }),
    ),
    h(
      'section',
      { class: 'card', 'aria-labelledby': 'with-password' },
      h('h2', { id: 'with-password' }, 'With your bank username'),
      passwordForm({ button: 'Sign in', withPassword: actions.withPassword }),
    ),
  );
}

/** Asks for the bank's username and password. */
export function passwordForm(actions: {
  readonly button: string;
  withPassword(username: string, password: string): Promise<void>;
}): HTMLFormElement {
  const username = field(
    'Username',
    h('input', {
      name: 'username',
      autocomplete: 'username',
      autocapitalize: 'none',
      spellcheck: 'false',
      required: true,
    }),
  );
  const password = field(
    'Password',
    h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true }),
  );
  const send = h('button', { type: 'submit' }, actions.button);

  const submit = async (event: Event) => {
    event.preventDefault();
    const missing = [
      { control: username, message: 'Enter your username.' },
      { control: password, message: 'Enter your password.' },
    ].filter(({ control, message }) => {
      const empty = control.control.value === '';
      control.setError(empty ? message : undefined);
      return empty;
    });
    missing[0]?.control.control.focus();
    if (missing.length > 0 || !setToWork(send, 'One moment…')) return;

    await actions.withPassword(username.control.value.trim(), password.control.value);
    send.removeAttribute('aria-disabled');
    send.textContent = actions.button;
    password.control.value = '';
    password.control.focus();
  };
  return h('form', { novalidate: true, onsubmit: submit as EventListener }, username.element, password.element, send);
}
