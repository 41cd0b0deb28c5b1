// The form that asks where the money goes. It checks a field when the person leaves it, everything on Send, and
// hands over a transfer that the bank can read.

import { type Account, displayAccountId } from '../account.ts';
import { denominationOf, parseAmount } from '../amount.ts';
import { digitsOf, formatMoney, minorUnits, moneyFormat, wireAmount } from '../money.ts';
import type { Transfer } from '../pending-transfer.ts';
import { checkTransfer, type FieldErrors, type TransferInput } from '../transfer-rules.ts';
import { button, h } from './dom.ts';
import { field } from './field.ts';

interface TransferForm {
  readonly element: HTMLFormElement;
  focus(): void;
}

export function transferForm(
  accounts: readonly Account[],
  initial: Transfer | undefined,
  send: (transfer: Transfer) => void,
): TransferForm {
  const echo = h('span', {});
  const from = field(
    'From',
    h(
      'select',
      { name: 'from' },
      ...accounts.map((account) => accountOption(account, account.account_id === initial?.from)),
    ),
  );
  const to = field(
    'To account',
    h('input', {
      name: 'to',
      inputmode: 'numeric',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: '24',
      value: initial?.to,
    }),
    '12 digits, like 1000000002-01',
  );
  const amount = field(
    'Amount',
    h('input', {
      name: 'amount',
      inputmode: 'decimal',
      autocomplete: 'off',
      maxlength: '64',
      value: initial && editable(initial),
    }),
    echo,
  );
  const reference = field(
    'Reference',
    h('input', { name: 'reference', autocomplete: 'off', value: initial?.reference }),
    'What the recipient reads. You may leave it empty.',
  );
  const fields = { from, to, amount, reference };

  const input = (): TransferInput => ({
    from: from.control.value,
    to: to.control.value,
    amount: amount.control.value,
    reference: reference.control.value,
  });
  const errors = (): FieldErrors => {
    const checked = checkTransfer(input(), accounts);
    return 'errors' in checked ? checked.errors : {};
  };
  const show = (name: keyof TransferInput, found: FieldErrors) => {
    const readings = name === 'amount' ? (found.readings ?? []) : [];
    fields[name].setError(
      found[name],
      ...readings.map((text) => button(text, () => choose(text))),
    );
  };
  const choose = (text: string) => {
    amount.control.value = text;
    amount.control.focus();
    showEcho();
    show('amount', errors());
  };

  const showEcho = () => {
    const source = accounts.find((account) => account.account_id === from.control.value);
    if (source === undefined) return;
    const { currency, balance } = source;
    const parsed = parseAmount(amount.control.value, denominationOf(balance, currency));
    echo.textContent =
      'minor' in parsed
        ? `You send ${formatMoney(wireAmount(parsed.minor, digitsOf(balance)), currency)}`
        : `In ${currency}`;
  };
  showEcho();
  amount.control.addEventListener('input', showEcho);
  from.control.addEventListener('change', showEcho);

  // Leaving an empty field is no mistake yet; leaving a wrong one is. Correcting it clears the error at once.
  for (const name of ['to', 'amount', 'reference'] as const) {
    fields[name].control.addEventListener('blur', () => {
      if (fields[name].control.value.trim() !== '') show(name, errors());
    });
    fields[name].control.addEventListener('input', () => {
      if (errors()[name] === undefined) fields[name].setError(undefined);
    });
  }
  from.control.addEventListener('change', () => {
    for (const name of ['to', 'amount'] as const) if (fields[name].control.value.trim() !== '') show(name, errors());
  });

  const submit = (event: Event) => {
    event.preventDefault();
    const checked = checkTransfer(input(), accounts);
    if ('transfer' in checked) {
      send(checked.transfer);
      return;
    }
    const names = ['from', 'to', 'amount', 'reference'] as const;
    for (const name of names) show(name, checked.errors);
    const first = names.find((name) => checked.errors[name] !== undefined);
    if (first) fields[first].control.focus();
  };

  return {
    element: h(
      'form',
      { novalidate: true, onsubmit: submit },
      from.element,
      to.element,
      amount.element,
      reference.element,
      h('button', { type: 'submit', class: 'primary' }, 'Send money'),
    ),
    focus: () => to.control.focus(),
  };
}

function accountOption(account: Account, selected: boolean): HTMLOptionElement {
  const balance = formatMoney(account.balance, account.currency);
  return h('option', { value: account.account_id, selected }, `${displayAccountId(account.account_id)}, ${balance}`);
}

// The amount as a person here would have typed it, or in full where that can be read in another way too.
function editable({ amount, currency }: Transfer): string {
  const denomination = denominationOf(amount, currency);
  const typed = moneyFormat(currency, denomination.digits, undefined, { useGrouping: false })
    .formatToParts(amount as unknown as number)
    .flatMap(({ type, value }) => (['integer', 'decimal', 'fraction'].includes(type) ? [value] : []))
    .join('');
  const parsed = parseAmount(typed, denomination);
  return 'minor' in parsed && parsed.minor === minorUnits(amount) ? typed : formatMoney(amount, currency);
}
