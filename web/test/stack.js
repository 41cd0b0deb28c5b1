// The real stack, on ports and with data of its own, for one test file.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const repository = path.resolve(import.meta.dirname, '../..');
const readyWithin = 180_000;

/** Builds the runner and starts it with these settings; resolves once it serves. `stop` ends it as Ctrl-C does. */
export async function startStack(settings = []) {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-web-'));
  const runner = process.env.DRAWBRIDGE_RUNNER ?? path.join(folder, 'runner'); // `npm test` builds one for all files
  if (!process.env.DRAWBRIDGE_RUNNER) await run('go', ['build', '-o', runner, './local']);
  const base = await freePorts();
  const child = spawn(
    runner,
    ['--base-port', String(base), '--memory', ...settings.flatMap((s) => (isFlag(s) ? [s] : ['--parameter', s]))],
    { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await Promise.race([once(child, 'exit'), sleep(10_000).then(() => child.kill('SIGKILL'))]);
    }
    await rm(folder, { recursive: true, force: true });
    const violations = output.split('\n').filter((line) => line.includes('CONTRACT:'));
    if (violations.length > 0)
      throw new Error(`answers that openapi.yaml does not describe:\n${violations.join('\n')}`);
  };
  const stack = { api: origin(base), tenant: origin(base + 1), web: origin(base + 2), stop, console: () => output };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the runner ended:\n${output}`);
      return (await fetch(`${stack.api}/_drawbridge/ready`).catch(() => undefined))?.ok;
    }, readyWithin);
  } catch (error) {
    await stop();
    throw new Error(`the stack did not start: ${error.message}\n${output}`);
  }
  return stack;
}

/** Asks until the answer is truthy, and returns it. */
export async function until(ask, milliseconds = 15_000) {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await sleep(50)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`not within ${milliseconds / 1000} s`);
}

const isFlag = (setting) => setting.startsWith('--');
const origin = (port) => `http://localhost:${port}`;

async function run(command, args) {
  const child = spawn(command, args, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}

// Four free ports in a row; each process looks in its own stretch, so that two runs do not race for one.
async function freePorts() {
  for (let base = 33_000 + (process.pid % 700) * 20; base < 60_000; base += 4) {
    const free = await Promise.all([0, 1, 2, 3].map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no four free ports in a row');
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, 'localhost', () => server.close(() => resolve(true)));
  });
}
