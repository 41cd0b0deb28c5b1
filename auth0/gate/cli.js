/**
 * Loads tenant.yaml with the deploy CLI's own code, offline: keyword replacement, its schema, each section's
 * validation. What comes back is what an import would send.
 */

import './quick-schema.cjs';

import { ManagementClient } from 'auth0';
import yaml from 'auth0-deploy-cli/lib/context/yaml/index.js';

const { default: YamlContext } = yaml;

/**
 * @param {string} file
 * @param {Record<string, string>} keywords
 * @returns {Promise<object>} the sections of tenant.yaml
 */
export async function loadWithDeployCli(file, keywords) {
  // Port 9 is "discard": loading asks nobody, and would find nobody.
  const nobody = new ManagementClient({ domain: 'localhost:9', token: 'none' });
  const context = new YamlContext({ AUTH0_INPUT_FILE: file, AUTH0_KEYWORD_REPLACE_MAPPINGS: keywords }, nobody);
  await context.loadAssetsFromLocal();
  const { include, exclude, ...sections } = context.assets;
  // Sections that the file does not have are there all the same, empty.
  return Object.fromEntries(
    Object.entries(sections).filter(([, section]) => section !== undefined && section !== null),
  );
}
