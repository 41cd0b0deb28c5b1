// The customer's accounts and what is in them.

import { type Account, displayAccountId } from '../account.ts';
import { h } from './dom.ts';
import { moneyView } from './money-view.ts';

export function accountsView(accounts: readonly Account[]): HTMLElement {
  if (accounts.length === 0) return h('p', { class: 'empty' }, 'You have no account yet.');
  return h(
    'ul',
    { class: 'accounts' },
    ...accounts.map((account) =>
      h(
        'li',
        { 'data-account': account.account_id },
        h('span', { class: 'account-id' }, displayAccountId(account.account_id)),
        h('span', { class: 'balance' }, moneyView(account.balance, account.currency)),
      ),
    ),
  );
}
