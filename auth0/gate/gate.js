/**
 * The gate in front of Auth0: everything that can be found out about tenant.yaml and its Actions without a tenant.
 *
 *   loader      the loader of the tenant on this machine reads it, and understands every key
 *   cli         the deploy CLI loads and validates it
 *   agreement   both read the same
 *   types       it has the shape of the requests that Auth0's own package declares
 *   references  every name used is defined, and constants in the Actions are what tenant.yaml says
 *   actions     the Actions keep to the documented event and api
 */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { loadTenant } from '../local/tenant.js';
import { readBank } from './bank.js';
import { loadWithDeployCli } from './cli.js';
import { referenceErrors } from './references.js';
import { scriptErrors, typeErrors } from './type-errors.js';

/**
 * What is deployed, and nothing else: an unknown section the CLI would leave out without a word. The keys of a client
 * are a section of the CLI's, and part of `clients` in the file.
 */
const SECTIONS = JSON.parse(readFileSync(new URL('../deploy.json', import.meta.url), 'utf8')).AUTH0_INCLUDED_ONLY
  .filter((name) => name !== 'clientAuthCredentials');

/**
 * @param {string[]} files each a tenant.yaml, with its Actions beside it. TypeScript's start is what takes the time:
 *   many files at once take hardly longer than one.
 * @param {Record<string, string>} keywords
 * @returns {Promise<{check: string, message: string}[][]>} for each file nothing, if it may go to Auth0
 */
export async function inspect(files, keywords) {
  const bank = readBank();
  const tenants = [];
  for (const file of files) tenants.push(await load(file, keywords));

  const loaded = tenants.filter(({ sections }) => sections);
  const types = typeErrors(loaded.map(({ sections }) => ['TenantFile', sections]), 'tenant');
  const actions = scriptErrors(loaded.map(({ sections }) => sections.actions.map(({ code }) => code)));
  loaded.forEach(({ ours, sections, report }, index) => {
    report('types', types[index]);
    report('actions', actions[index]);
    report('references', referenceErrors(sections, bank));
    if (ours) report('agreement', disagreements(ours, sections));
  });
  return tenants.map(({ findings }) => findings);
}

/** What either loader makes of a file, and a list for what is found about it. */
async function load(file, keywords) {
  const findings = [];
  const report = (check, messages) => findings.push(...messages.map((message) => ({ check, message })));
  let ours;
  let sections;
  try {
    ours = loadTenant(file, keywords);
  } catch (error) {
    report('loader', [error.message]);
  }
  try {
    sections = await loadWithDeployCli(file, keywords);
    const absent = SECTIONS.filter((name) => !sections[name]);
    if (absent.length > 0) throw new Error(`no section ${absent.join(', ')}`);
  } catch (error) {
    report('cli', [error.message]);
    sections = undefined;
  }
  return { ours, sections, findings, report };
}

/** Sections that our loader and the CLI read differently, once what either adds on purpose is taken away. */
function disagreements(ours, theirs) {
  const [left, right] = [withoutOurAdditions(ours), withoutTheirAdditions(theirs)];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(left[name], right[name]))
    .map((name) => `${name}: read differently`);
}

/** The tenant on this machine makes up client ids, says where the code came from and wants metadata to be there. */
function withoutOurAdditions(tenant) {
  return {
    ...tenant,
    clients: tenant.clients.map(({ client_id: _, client_metadata: metadata, ...client }) =>
      Object.keys(metadata).length > 0 ? { ...client, client_metadata: metadata } : client),
    actions: tenant.actions.map(({ file: _, ...action }) => action),
    guardianFactors: tenant.guardianFactors.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

/** The CLI's schema has one default for databases: users may change their own password, as Auth0 has it anyway. */
function withoutTheirAdditions(sections) {
  return {
    ...sections,
    databases: sections.databases.map(
      ({ options: { disable_self_service_change_password: _, ...options }, ...database }) => ({
        ...database,
        options,
      }),
    ),
  };
}
