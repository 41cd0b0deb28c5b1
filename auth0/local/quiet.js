/**
 * oidc-provider warns on the console of two things that are so on purpose. Imported before it, because it warns while
 * it is being loaded. All its other notices still show, on stderr: stdout belongs to the ready line.
 */

const KNOWN = [
  // It supports Node 22 and later by name. The tests of this folder pass on 20.19, which is what engines asks for.
  'Unsupported runtime',
  // token-endpoint.js reads the body first, to accept JSON as Auth0 does.
  'already parsed request body detected',
];

for (const level of ['info', 'warn']) {
  console[level] = (...parts) => {
    const line = parts.join(' ');
    if (!KNOWN.some((known) => line.includes(known))) console.error(line);
  };
}
