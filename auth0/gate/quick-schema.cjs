/**
 * Lets the deploy CLI validate in a moment. Each validation compiles the schemas of all its forty sections, of which
 * tenant.yaml has nine: 9 s and 1.5 GB, twice an import. Here the schemas of the sections at hand are compiled, once a
 * process; what is refused stays the same, as the others would have nothing to look at.
 *
 * For the gate's many loads, and preloaded into its dry runs (`node --require`). The import that the gate judges by,
 * and a deployment, run the CLI as it is.
 */

'use strict';

const file = require.resolve('ajv/lib/ajv');
const Ajv = require(file);

const compiled = new Map();

function QuickAjv(options) {
  return {
    errors: null,
    validate(schema, data) {
      const sections = Object.keys(data).filter((name) => name in schema.properties);
      const key = sections.join();
      if (!compiled.has(key)) {
        const properties = Object.fromEntries(sections.map((name) => [name, schema.properties[name]]));
        compiled.set(key, new Ajv(options).compile({ ...schema, properties }));
      }
      const valid = compiled.get(key)(data);
      this.errors = compiled.get(key).errors;
      return valid;
    },
  };
}

require.cache[file].exports = QuickAjv;
