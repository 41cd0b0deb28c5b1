// The form that asks where the money goes. It checks a field when the person leaves it, everything on Send, and
// hands over a transfer that the bank can read.

import { type Account, displayAccountId } from '../account.ts';
import { formatMoney, parseAmount, wireAmount } from '../money.ts';
import type { Transfer } from '../pending.ts';
import { checkTransfer, type TransferInput } from '../transfer-rules.ts';
import { h } from './dom.ts';
import { field } from './field.ts';

export interface TransferForm {
  readonly element: HTMLFormElement;
  focus(): void;
}

export function transferForm(accounts: readonly Account[], initial: Transfer | undefined, send: (transfer: Transfer) => void): TransferForm {
  const echo = h('span', {});
  const from = field(
    'From',
    h('select', { name: 'from' }, ...accounts.map((account) => accountOption(account, account.account_id === initial?.from))),
  );
  const to = field(
    'To account',
    h('input', { name: 'to', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false', maxlength: '24', value: initial?.to }),
    '12 digits, like 1000000002-01',
  );
  const amount = field('Amount', h('input', { name: 'amount', inputmode: 'decimal', autocomplete: 'off', maxlength: '24', value: initial && editable(initial) }), echo);
  const fields = { from, to, amount };

  const input = (): TransferInput => ({ from: from.control.value, to: to.control.value, amount: amount.control.value });
  const errors = () => {
    const checked = checkTransfer(input(), accounts);
    return 'errors' in checked ? checked.errors : {};
  };

  const showEcho = () => {
    const currency = accounts.find((account) => account.account_id === from.control.value)?.currency ?? '';
    const parsed = currency === '' ? { problem: 'empty' } : parseAmount(amount.control.value, currency);
    echo.textContent = 'minor' in parsed ? `You send ${formatMoney(wireAmount(parsed.minor, currency), currency)}` : `In ${currency}`;
  };
  showEcho();
  amount.control.addEventListener('input', showEcho);
  from.control.addEventListener('change', showEcho);

  // Leaving an empty field is no mistake yet; leaving a wrong one is. Correcting it clears the error at once.
  for (const name of ['to', 'amount'] as const) {
    fields[name].control.addEventListener('blur', () => {
      if (fields[name].control.value.trim() !== '') fields[name].setError(errors()[name]);
    });
    fields[name].control.addEventListener('input', () => {
      if (errors()[name] === undefined) fields[name].setError(undefined);
    });
  }
  from.control.addEventListener('change', () => {
    if (amount.control.value.trim() !== '') amount.setError(errors().amount);
    if (to.control.value.trim() !== '') to.setError(errors().to);
  });

  const submit = (event: Event) => {
    event.preventDefault();
    const checked = checkTransfer(input(), accounts);
    if ('transfer' in checked) {
      send(checked.transfer);
      return;
    }
    for (const name of ['from', 'to', 'amount'] as const) fields[name].setError(checked.errors[name]);
    const first = (['from', 'to', 'amount'] as const).find((name) => checked.errors[name] !== undefined);
    if (first) fields[first].control.focus();
  };

  return {
    element: h('form', { novalidate: true, onsubmit: submit }, from.element, to.element, amount.element, h('button', { type: 'submit', class: 'primary' }, 'Send money')),
    focus: () => to.control.focus(),
  };
}

function accountOption(account: Account, selected: boolean): HTMLOptionElement {
  const balance = formatMoney(account.balance, account.currency);
  return h('option', { value: account.account_id, selected }, `${displayAccountId(account.account_id)}, ${balance}`);
}

// The amount as this locale's keyboard would have typed it.
function editable({ amount }: Transfer): string {
  const digits = amount.split('.')[1]?.length ?? 0;
  return new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, useGrouping: false, numberingSystem: 'latn' })
    .format(amount as Intl.StringNumericLiteral);
}
