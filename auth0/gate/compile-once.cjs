/**
 * One schema compiler a process. The deploy CLI makes a new one for each validation and an import validates twice:
 * 9 s and 1 GB each, for one and the same schema with one and the same options. Preloaded into a0deploy by the tests
 * alone (`node --require`); a real deployment runs the CLI as it is.
 */

'use strict';

const file = require.resolve('ajv/lib/ajv');
const Ajv = require(file);

/** Compiled schemas, by the schema object itself: Ajv's own cache writes the schema out as text to look it up. */
const compiled = new WeakMap();
let compiler;

function CachingAjv(options) {
  compiler ??= new Ajv(options);
  return {
    errors: null,
    validate(schema, data) {
      if (!compiled.has(schema)) compiled.set(schema, compiler.compile(schema));
      const valid = compiled.get(schema)(data);
      this.errors = compiled.get(schema).errors;
      return valid;
    },
  };
}

require.cache[file].exports = CachingAjv;
