import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import {
  alice, bankSays, bob, entries, onThePhone, person, seesAccounts, seesBalance, seesDone, seesRefusal, sends,
  signInAtBank, signInAtTenant, tenantLogin, transfers, world,
} from './world.js';

const w = world();

test('money moves once the push is approved, and not before', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  const sent = transfers(page);
  await signInAtTenant(visitor);
  await sends(page, { amount: '25.50' });
  await page.getByRole('heading', { name: 'Approve it on your phone' }).waitFor();
  const [challenge] = await onThePhone(visitor, 'approve');
  assert.equal(challenge.scope.split(' ').includes('transfer:funds'), true);
  await seesDone(page);
  await seesBalance(page, '€2,474.50');
  await page.locator('.entries li').first().getByText('−€25.50').waitFor();
  assert.deepEqual(
    sent.map(({ status, scheme }) => [status, scheme]),
    // The first proof has no nonce of the API yet.
    [[403, 'Bearer'], [401, 'DPoP'], [201, 'DPoP']],
  );
  assert.equal(sent[0].key, sent[1].key, 'one key for the transfer');
});

test('the step-up asks for transfer:funds and one transfer alone, and its token is forgotten afterwards', async (t) => {
  const visitor = await person(t, w);
  const asked = [];
  const texts = new Set();
  visitor.context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname !== '/authorize') return;
    asked.push(url.searchParams.get('scope'));
    texts.add(url.searchParams.get('ext-transfer')?.split(' ').slice(3, 7).join(' '));
  });
  const sent = transfers(visitor.page);
  await signInAtTenant(visitor);
  await sends(visitor.page, { amount: '1' });
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  assert.deepEqual(asked, ['openid profile email view:balance', 'openid transfer:funds', 'openid transfer:funds']);

  await visitor.page.getByRole('button', { name: 'Send another' }).click();
  await sends(visitor.page, { amount: '2' });
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  assert.deepEqual(
    sent.map(({ status }) => status),
    [403, 401, 201, 403, 201], // the first proof has no nonce of the API yet
    'the second transfer needs an approval of its own',
  );
});

test('a push that is denied moves nothing, and the same transfer can be tried again', async (t) => {
  const visitor = await person(t, w);
  const sent = transfers(visitor.page);
  await signInAtTenant(visitor);
  const before = await bankSays(visitor);
  await sends(visitor.page, { amount: '33' });
  await onThePhone(visitor, 'deny');
  await seesRefusal(visitor.page, 'step_up_denied');
  assert.deepEqual(await bankSays(visitor), before);

  await visitor.page.getByRole('button', { name: 'Try again' }).click();
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  assert.equal(new Set(sent.map(({ key }) => key)).size, 1, 'the key stays');
});

test('closing the popup cancels, and the transfer can be given up', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  const popup = visitor.page.waitForEvent('popup');
  await sends(visitor.page, { amount: '12' });
  await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
  await (await popup).close();
  await seesRefusal(visitor.page, 'step_up_cancelled');
  await onThePhone(visitor, 'deny'); // the phone still shows it; the next test's push must be its own
  await visitor.page.getByRole('button', { name: 'Do not send it' }).click();
  assert.equal(await visitor.page.getByLabel('Amount').inputValue(), '');
  assert.equal(await visitor.page.evaluate(() => sessionStorage.getItem('drawbridge.waiting-transfer')), null);
});

test('a customer with the bank’s password steps up at the tenant and keeps the bank’s session', async (t) => {
  const visitor = await person(t, w);
  await signInAtBank(visitor);
  const popup = visitor.page.waitForEvent('popup');
  await sends(visitor.page, { amount: '7' });
  await tenantLogin(await popup);
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  await visitor.page.getByText('Bank session open', { exact: true }).waitFor();
});

test('a push that nobody answers ends after five minutes', async (t) => {
  const visitor = await person(t, w);
  await visitor.page.clock.install();
  await signInAtTenant(visitor);
  const popup = visitor.page.waitForEvent('popup');
  await sends(visitor.page, { amount: '12' });
  await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
  await visitor.page.clock.fastForward('05:01');
  await seesRefusal(visitor.page, 'step_up_ignored');
  assert.ok((await popup).isClosed());
  await onThePhone(visitor, 'deny');
});

test('nothing of another person who approves in the popup is kept or sent', async (t) => {
  const visitor = await person(t, w);
  const { page, context, stack } = visitor;
  const subjects = new Set();
  page.on('request', (request) => {
    const payload = /^Bearer [^.]+\.([^.]+)\./.exec(request.headers().authorization ?? '')?.[1];
    if (payload) subjects.add(JSON.parse(Buffer.from(payload, 'base64url')).sub);
  });
  // Past the first door, which is that the tenant asks nobody but the person whom the bank's text names.
  await context.route(`${stack.tenant}/authorize?*`, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.delete('ext-transfer');
    return route.continue({ url: url.href });
  });
  await signInAtTenant(visitor);
  await context.clearCookies(); // at the tenant nobody is signed in by now, and bob sits down
  const popup = page.waitForEvent('popup');
  await sends(page, { amount: '8' });
  await tenantLogin(await popup, bob);
  await onThePhone(visitor, 'approve');
  await seesRefusal(page, 'another_person');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Approve it on your phone' }).waitFor();
  await onThePhone(visitor, 'approve');
  await seesRefusal(page, 'another_person');
  assert.deepEqual([...subjects], []);
  await page.getByRole('heading', { name: 'Hello, Alice Archer' }).waitFor();
});

test('a double click on Send is one transfer', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  await visitor.page.getByLabel('To account').fill(bob.account);
  await visitor.page.getByLabel('Amount').fill('3');
  await visitor.page.getByRole('button', { name: 'Send money' }).dblclick();
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  assert.equal(await entries(visitor), before + 1);
});

test('of two tabs the newer request takes the older one’s place, and both transfers are made', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  const other = await visitor.context.newPage();
  await other.goto(visitor.stack.web);
  await seesAccounts(other);
  const before = await entries(visitor);
  const popup = visitor.page.waitForEvent('popup');
  await sends(visitor.page, { amount: '4' });
  await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
  await sends(other, { amount: '5' });
  await seesRefusal(visitor.page, 'step_up_replaced');
  await onThePhone(visitor, 'approve');
  await seesDone(other);
  await visitor.page.getByRole('button', { name: 'Try again' }).click();
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  assert.equal(await entries(visitor), before + 2);
});

test('money between one’s own accounts shows both sides', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await sends(visitor.page, { to: alice.savings, amount: '50' });
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  await seesBalance(visitor.page, '€850.00', alice.savings);
  await visitor.page.getByText('+€50.00').waitFor();
  await visitor.page.getByText('−€50.00').waitFor();
});

test('an account that does not exist is a final no before the phone rings; the form stays filled in', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await sends(visitor.page, { to: '9999999999-01', amount: '10' });
  const notice = await seesRefusal(visitor.page, 'no_such_account');
  await notice.getByText('Detail for developers').click();
  assert.match(await notice.locator('pre').textContent(), /"status": 422/);
  assert.match(await notice.textContent(), /Reference [0-9a-f-]{36}/);
  assert.equal(await visitor.page.getByLabel('To account').inputValue(), '9999999999-01');
});

test('an account in another currency is refused', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await sends(visitor.page, { to: bob.yen, amount: '10' });
  await seesRefusal(visitor.page, 'currency_mismatch');
});

test('the third request that nobody approves is not made: the page says that one waits, and how long', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtTenant(visitor);
  for (const amount of ['4', '5']) {
    const popup = page.waitForEvent('popup');
    await sends(page, { amount });
    await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
    await (await popup).close();
    await seesRefusal(page, 'step_up_cancelled');
    await page.getByRole('button', { name: 'Do not send it' }).click();
  }
  await sends(page, { amount: '6' });
  const notice = await seesRefusal(page, 'step_up_paused');
  assert.match(await notice.textContent(), /A request waits on your phone.*Wait about a minute\./);
});

for (const [approvalBinding, most] of [
  ['required', 0],
  ['optional', 1],
]) {
  test(`a foreign page’s three windows ring a phone ${most} times at once (${approvalBinding})`, async (t) => {
    // Imported here: the packages of auth0/ are installed by the time the stack has started.
    const { AUDIENCE, startWorld } = await import('../../auth0/test/harness/world.js');
    // The app's callback at localhost, and at 127.0.0.1, which is another site, the foreign page.
    let link = '';
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(link));
    await new Promise((resolve) => server.listen(0, resolve));
    const { port } = server.address();
    const web = `http://localhost:${port}`;
    const tenant = await startWorld({ approvalBinding, web });
    const context = await w.browser.newContext();
    t.after(async () => {
      await context.close();
      await tenant.stop();
      server.closeAllConnections();
      server.close();
    });
    const authorize = (scope) =>
      `${tenant.issuer}authorize?${new URLSearchParams({
        client_id: tenant.clientId,
        redirect_uri: `${web}/callback`,
        audience: AUDIENCE,
        response_type: 'id_token token',
        nonce: 'n',
        scope,
      })}`;
    const page = await context.newPage();
    await page.goto(authorize('openid view:balance'));
    await page.getByLabel('Email').fill(alice.email);
    await page.getByLabel('Password').fill(alice.tenantPassword);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/#.*access_token=/);

    link = `<a target="_blank" href="${authorize('openid transfer:funds').replaceAll('&', '&amp;')}">win a prize</a>`;
    await page.goto(`http://127.0.0.1:${port}/`);
    const ends = [];
    for (let times = 0; times < 3; times += 1) {
      const opened = page.waitForEvent('popup');
      await page.getByRole('link').click();
      await (await opened).waitForURL(/\/u\/mfa-push\/|#error=access_denied/);
      ends.push((await opened).url());
      assert.ok((await tenant.challenges()).length <= most);
    }
    assert.equal((await tenant.challenges()).length, most);
    assert.match(ends[2], /#error=access_denied/, 'the third is refused either way');
  });
}
