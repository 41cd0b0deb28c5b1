// Every page in light and dark, narrow and wide: accessible, within its width, and photographed to be looked at.

import { test } from 'node:test';
import { fits, inspect as inspectAs } from './look.js';
import {
  bankLogin, fillTransfer, onThePhone, person, seesAccounts, seesDone, seesRefusal, sends, signInAtTenant,
  tenantLogin, world,
} from './world.js';

const w = world();

for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [
    [360, 740],
    [1280, 900],
  ]) {
    const look = { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' };

    const inspect = (page, name) => inspectAs(page, `${name}-${colorScheme}-${width}`);

    test(`the way to the money, ${colorScheme}, ${width} px`, async (t) => {
      const visitor = await person(t, w, look);
      const { page, context, stack } = visitor;
      await page.goto(stack.web);
      await inspect(page, 'sign-in');
      await page.getByRole('button', { name: 'Continue with Auth0' }).click();
      await page.getByLabel('Email').waitFor();
      await inspect(page, 'tenant-login');
      await tenantLogin(page);
      await seesAccounts(page);
      await page.locator('.entries').waitFor();
      await inspect(page, 'accounts');
      const popup = page.waitForEvent('popup');
      await sends(page, { amount: '1.25' });
      await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
      await inspect(page, 'approval');
      await inspect(await popup, 'tenant-waiting');
      const phone = await context.newPage();
      await phone.goto(`${stack.tenant}/phone`);
      await phone.getByRole('button', { name: 'Approve' }).first().waitFor();
      await inspect(phone, 'phone');
      await phone.close();
      await onThePhone(visitor, 'approve');
      await seesDone(page);
      await inspect(page, 'done');
      await page.getByText('Signed in with Auth0, bank session open').click();
      await inspect(page, 'session');
    });

    test(`every kind of refusal, ${colorScheme}, ${width} px`, async (t) => {
      const visitor = await person(t, w, look);
      const { page, stack } = visitor;
      await page.goto(stack.web);
      await bankLogin(page, { username: 'alice', bankPassword: 'wrong' });
      const notice = await seesRefusal(page, 'login_failed');
      await notice.getByText('Detail for developers').click();
      await inspect(page, 'sign-in-refused');
      await signInAtTenant(visitor);
      await fillTransfer(page, { to: '12', amount: '9999999' });
      await page.getByRole('button', { name: 'Send money' }).click();
      await inspect(page, 'form-errors');
      await sends(page, { amount: '2' });
      await onThePhone(visitor, 'deny');
      await seesRefusal(page, 'step_up_denied');
      await inspect(page, 'denied');
      await page.reload();
      await page.getByRole('heading', { name: 'A transfer is waiting for you' }).waitFor();
      await inspect(page, 'waiting');
      await page.getByRole('button', { name: 'Do not send it' }).click();
      await page.route(`${stack.api}/transfer`, async (route) => {
        const response = await route.fetch();
        return response.status() === 201 ? route.abort() : route.fulfill({ response });
      });
      await sends(page, { amount: '3' });
      await onThePhone(visitor, 'approve');
      await page.getByRole('button', { name: 'Find out' }).waitFor();
      await inspect(page, 'unknown');
      await page.getByRole('button', { name: 'Find out' }).click();
      await page.getByRole('button', { name: 'Send another' }).click();
      await sends(page, { to: '9999999999-01', amount: '3' });
      await seesRefusal(page, 'no_such_account');
      await inspect(page, 'refused');
      await page.route(`${stack.api}/balance`, (route) => route.abort());
      await page.reload();
      await seesRefusal(page, 'unreachable');
      await inspect(page, 'api-down');
      await page.route(`${stack.web}/config.json`, (route) => route.fulfill({ status: 404 }));
      await page.reload();
      await page.getByRole('heading', { name: 'This page could not start' }).waitFor();
      await inspect(page, 'broken');
    });
  }
}

test('at 320 px, and there in letters twice as large, nothing needs scrolling sideways', async (t) => {
  const visitor = await person(t, w, { viewport: { width: 320, height: 600 } });
  await signInAtTenant(visitor);
  await visitor.page.locator('.entries').waitFor();
  await fits(visitor.page, 'accounts');
  await visitor.page.evaluate(() => void (document.documentElement.style.fontSize = '200%'));
  await fits(visitor.page, 'accounts in large letters');
});
