// A Chromium: the machine's own if there is one, else the one that an npm package carries (Linux only).

import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export async function launchBrowser() {
  return chromium.launch({
    executablePath: await executable(),
    // As root, and in most containers, Chromium has no sandbox to enter. It visits loopback only.
    args: ['--no-sandbox'],
    // Both as people have them: a popup needs a recent click, and `back` finds the page as it was left.
    ignoreDefaultArgs: ['--disable-popup-blocking', '--disable-back-forward-cache'],
  });
}

async function executable() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  const found = [...onPath, ...elsewhere].find(isExecutable);
  if (found) return found;
  if (process.platform !== 'linux') throw new Error('No Chromium found: install Chrome or set CHROMIUM_PATH');
  return carried();
}

/**
 * The npm package's Chromium, unpacked once a version. The package itself takes any file TMPDIR/chromium for it: one
 * of another version, or one that another process has half written. So it is unpacked aside, and moved into place.
 */
async function carried() {
  const { devDependencies } = JSON.parse(await readFile(path.join(import.meta.dirname, 'package.json'), 'utf8'));
  const folder = path.join(tmpdir(), `drawbridge-chromium-${devDependencies['@sparticuz/chromium']}`);
  const binary = path.join(folder, 'chromium');
  if (isExecutable(binary)) return binary;
  const { TMPDIR } = process.env;
  const aside = await mkdtemp(`${folder}-`);
  const { default: chromiumOfNpm } = await import('@sparticuz/chromium');
  try {
    process.env.TMPDIR = aside;
    await chromiumOfNpm.executablePath();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  await rename(aside, folder).catch(() => rm(aside, { recursive: true })); // another process was quicker
  return binary;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
