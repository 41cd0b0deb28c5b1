/**
 * The tenant on this machine:
 *
 *   node auth0/local/main.js --port 3001 --tenant auth0/tenant.yaml --users local/seed.yaml \
 *                            --api http://localhost:3000 --web http://localhost:3002 [--data DIR] \
 *                            [--expose-phone-to-network 3004]
 *
 * APPROVAL_SECRET and APPROVAL_BINDING in its environment are those of the stack: see actions/step-up.js; DPOP too: see
 * dpop-setting.js. With APPROVALS_CLIENT_PUBLIC_KEY there is approval by the back channel: see approvals-key.js.
 *
 * When it listens it prints one line of JSON on stdout: its issuer and client ids, and the links that pair a phone if
 * one may be on the network. It ends on SIGTERM, SIGINT and when its stdin closes, so that it dies with the
 * program that started it.
 */

const OLDEST = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `tenant: Node ${process.versions.node} is too old, ${OLDEST.join('.')} or later is needed (https://nodejs.org)`,
  );
  process.exit(1);
}

// Imported only now: on an older Node the imports below fail with words that do not name the cause.
const { readOptions } = await import('./options.js');

try {
  const options = readOptions(process.argv.slice(2), process.env);
  const { startTenant } = await import('./server.js');
  const tenant = await startTenant(options);
  const clients = Object.fromEntries(tenant.clients.map(({ name, client_id: id }) => [name, id]));
  const { issuer, phoneLinks } = tenant;
  console.log(
    JSON.stringify({ event: 'ready', issuer, clients, ...(phoneLinks.length > 0 && { phone_links: phoneLinks }) }),
  );

  const stop = () => tenant.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdin.once('end', stop).once('error', stop).resume();
} catch (error) {
  // What we refuse by name needs no stack trace; what we did not foresee does.
  console.error(`tenant: ${error.expected ? error.message : error.stack}`);
  process.exit(1);
}
