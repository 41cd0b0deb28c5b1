/** The settings of a tenant.yaml, each by its path: `clients[].refresh_token.leeway`. */

/**
 * @param {object} tenant  tenant.yaml as YAML reads it
 * @returns {Set<string>} paths of everything that is neither a mapping nor a list of mappings, sections in their order
 */
export function settingsOf(tenant) {
  const paths = pathsOf(tenant, '');
  // A list of mappings that happens to be empty somewhere: its items are settings elsewhere.
  return new Set([...paths].filter((path) => ![...paths].some((other) => other.startsWith(`${path}[]`))));
}

function pathsOf(value, path) {
  if (Array.isArray(value) && value.some(isMapping)) return union(value.map((item) => pathsOf(item, `${path}[]`)));
  if (isMapping(value))
    return union(Object.entries(value).map(([key, part]) => pathsOf(part, path === '' ? key : `${path}.${key}`)));
  return new Set([path]);
}

function isMapping(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function union(sets) {
  return new Set(sets.flatMap((set) => [...set]));
}
