/** The bank's API as far as login-bridge knows it: POST /nonce, which can be up, slow, down or lying. */

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

export async function startBank() {
  const bank = { calls: [], answer: undefined };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = {
      path: `${request.method} ${request.url}`,
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    };
    bank.calls.push(call);
    await (bank.answer ?? created)(response, call);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  bank.url = `http://localhost:${server.address().port}`;
  bank.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return bank;
}

export function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function created(response) {
  json(response, 201, { session_id: randomBytes(32).toString('base64url'), expires_in: 60 });
}
