import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { alice, bankSays, bob, onThePhone, person, seesBalance, seesDone, seesRefusal, sends, signInAtBank, signInAtTenant, tenantLogin, world } from './world.js';

const w = world();

/** The requests that the page made at POST /transfer, with their keys and answers. */
function transfers(page) {
  const list = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.method() === 'POST' && new URL(request.url()).pathname === '/transfer') {
      list.push({ status: response.status(), key: request.headers()['idempotency-key'] });
    }
  });
  return list;
}

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
  assert.deepEqual(sent.map(({ status }) => status), [403, 201]);
  assert.equal(sent[0].key, sent[1].key, 'one key for the transfer');
});

test('the step-up asks for transfer:funds alone, and its token is forgotten afterwards', async (t) => {
  const visitor = await person(t, w);
  const asked = [];
  visitor.context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/authorize') asked.push(url.searchParams.get('scope'));
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
  assert.deepEqual(sent.map(({ status }) => status), [403, 201, 403, 201], 'the second transfer needs an approval of its own');
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

test('whoever signed in with the bank’s password steps up at the tenant and keeps the bank’s session', async (t) => {
  const visitor = await person(t, w);
  await signInAtBank(visitor);
  const popup = visitor.page.waitForEvent('popup');
  await sends(visitor.page, { amount: '7' });
  await tenantLogin(await popup);
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  await visitor.page.getByText('Bank session open', { exact: true }).waitFor();
});

test('a double click on Send is one transfer', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  const before = (await bankSays(visitor, '/transfers?limit=50')).entries.length;
  await visitor.page.getByLabel('To account').fill(bob.account);
  await visitor.page.getByLabel('Amount').fill('3');
  await visitor.page.getByRole('button', { name: 'Send money' }).dblclick();
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  assert.equal((await bankSays(visitor, '/transfers?limit=50')).entries.length, before + 1);
});

test('two tabs send two transfers, each with an approval of its own', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  const other = await visitor.context.newPage();
  await other.goto(visitor.stack.web);
  await other.locator('.accounts').waitFor();
  const before = (await bankSays(visitor, '/transfers?limit=50')).entries.length;
  await sends(visitor.page, { amount: '4' });
  await visitor.page.getByRole('heading', { name: 'Approve it on your phone' }).waitFor();
  await sends(other, { amount: '5' });
  await onThePhone(visitor, 'approve', 2);
  await Promise.all([seesDone(visitor.page), seesDone(other)]);
  assert.equal((await bankSays(visitor, '/transfers?limit=50')).entries.length, before + 2);
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

test('an account that does not exist is the bank’s final no, and the form stays filled in', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await sends(visitor.page, { to: '9999999999-01', amount: '10' });
  await onThePhone(visitor, 'approve');
  const notice = await seesRefusal(visitor.page, 'no_such_account');
  await notice.getByText('Detail for developers').click();
  assert.match(await notice.locator('pre').textContent(), /"status": 422/);
  assert.equal(await visitor.page.getByLabel('To account').inputValue(), '9999999999-01');
});

test('an account in another currency is refused', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await sends(visitor.page, { to: bob.yen, amount: '10' });
  await onThePhone(visitor, 'approve');
  await seesRefusal(visitor.page, 'currency_mismatch');
});

for (const [approvalBinding, most] of [['required', 0], ['optional', 1]]) {
  test(`a foreign page that opens three windows rings a phone ${most} times at once (${approvalBinding})`, async (t) => {
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
    const authorize = (scope) => `${tenant.issuer}authorize?${new URLSearchParams({
      client_id: tenant.clientId, redirect_uri: `${web}/callback`, audience: AUDIENCE, response_type: 'id_token token', nonce: 'n', scope,
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
