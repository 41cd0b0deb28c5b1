import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PendingTransfer } from './pending-transfer.ts';
import { isAbout } from './transfer-text.ts';

// The text that shared/approval and the Action are tested with too.
const signed =
  'v1 4102444800 UCQj8S1GB0dsFxg_wKBG75.53hE36CPKDZwA1eP01kNy_ ' +
  '1000000001-01 1000000002-01 10.00 EUR 0E3gkYV30N6m3pPfPiPNcU yM_fwU_cRhv7Mant4UORtm81wbMUdtgognmyOPLQgAo';
const rent: PendingTransfer = {
  key: 'rent',
  transfer: { from: '1000000001-01', to: '1000000002-01', amount: '10.00', currency: 'EUR' },
  at: 0,
};

test('the bank’s text is about the transfer that it was signed for', async () => {
  assert.ok(await isAbout(signed, rent));
});

test('a reference is part of what is approved', async () => {
  const withReference = { ...rent, transfer: { ...rent.transfer, reference: 'Rent 11/2026' } };
  assert.ok(!(await isAbout(signed, withReference)));
  // base64url(sha256("key\0rent\0Rent 11/2026"))
  assert.ok(await isAbout(signed.replace('0E3gkYV30N6m3pPfPiPNcU', 'S2kbKtEcfVy73e0dQzfoqd'), withReference));
});

test('a text about anything else is not followed', async () => {
  const { transfer } = rent;
  const others: PendingTransfer[] = [
    { ...rent, key: 'another' },
    { ...rent, transfer: { ...transfer, from: '1000000001-02' } },
    { ...rent, transfer: { ...transfer, to: '1000000003-01' } },
    { ...rent, transfer: { ...transfer, amount: '10.01' } },
    { ...rent, transfer: { ...transfer, amount: '1000' } },
    { ...rent, transfer: { ...transfer, currency: 'USD' } },
  ];
  for (const other of others) assert.ok(!(await isAbout(signed, other)), JSON.stringify(other));
});

test('what is no transfer text of version 1 is about nothing', async () => {
  const texts = [
    '',
    signed.replace('v1', 'v2'),
    ` ${signed}`,
    `${signed} `,
    signed.replace(' EUR', '  EUR'),
    signed.slice(0, -1),
    signed.replace('v1 ', 'v1 x'),
    signed.replace('.53h', ',53h'),
    signed + '&scope=transfer:funds',
  ];
  for (const text of texts) assert.ok(!(await isAbout(text, rent)), text);
});
