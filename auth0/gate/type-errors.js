/**
 * Asks TypeScript about values and about the Actions.
 *
 * A value is written out as a literal with a declared type: only for a literal does TypeScript also refuse members
 * that the type does not have.
 */

import path from 'node:path';

import ts from 'typescript';

const HERE = import.meta.dirname;
const OPTIONS = {
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  typeRoots: [path.join(HERE, 'node_modules/@types')],
  allowJs: true,
  checkJs: true,
  // The package of this name is Auth0's own; types/post-login.d.ts says why it is not installed.
  paths: { '@auth0/actions/post-login/v3': [path.join(HERE, 'types/post-login.d.ts')] },
};

/** Parsed once: the declarations of the `auth0` package are 40 000 lines. */
const parsed = new Map();

/**
 * @param {[type: string, value: unknown][]} values  each with a type such as `TenantFile` or `Requests['…']`
 * @param {string} declarations                      the file in types/ that exports these types
 * @returns {string[][]} for each value what does not fit, "line: message"
 */
export function typeErrors(values, declarations) {
  return diagnose(values.map(([type, value], index) => ({
    name: `value-${index}.ts`,
    text: `import type { ${type.replace(/\W.*/, '')} } from './types/${declarations}';\n`
      + `export const value: ${type} = ${JSON.stringify(value, undefined, 1)};`,
  }))).map((errors) => errors.map(({ line, message }) => `${line.trim().replace(/,$/, '').slice(0, 100)}: ${message}`));
}

/**
 * @param {string[][]} groups  texts of Actions
 * @returns {string[][]} for each group what TypeScript says about its Actions, "line: message"
 */
export function scriptErrors(groups) {
  const texts = [...new Set(groups.flat())];
  const errors = diagnose(texts.map((text, index) => ({ name: `action-${index}.js`, text })));
  return groups.map((group) =>
    group.flatMap((text) => errors[texts.indexOf(text)].map(({ line, message }) => `${line.trim()}: ${message}`)),
  );
}

/** Checks texts that lie nowhere: for each {name, text} a list of {line, message}. */
function diagnose(texts) {
  const files = new Map(texts.map(({ name, text }) => [path.join(HERE, name), text]));
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    if (files.has(name)) return ts.createSourceFile(name, files.get(name), ts.ScriptTarget.ES2023);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  const general = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  if (general.length > 0) throw new Error(ts.formatDiagnostics(general, { ...host, getNewLine: () => ' ' }));
  return [...files].map(([name, text]) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ start, messageText }) => ({
        line: text.split('\n')[file.getLineAndCharacterOfPosition(start).line],
        message: ts.flattenDiagnosticMessageText(messageText, ' ').replace(/\s+/g, ' '),
      }),
    );
  });
}
