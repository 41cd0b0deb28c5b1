/** What an Action's code says about itself: read from its syntax tree, without running it. */

import ts from 'typescript';

/**
 * @param {string} code
 * @returns {{constants: Record<string, string | string[]>, properties: Record<string, Set<string>>,
 *   handlers: Set<string>, words: Set<string>}}
 *   constants:  the texts and lists of texts at the top level, by name (`const SCOPE = 'transfer:funds'`)
 *   properties: which members are read, by the name before them: {secrets: {'API_URL'}, …} for `x.secrets.API_URL`
 *   handlers:   the names that the code exports
 *   words:      all names and texts, wherever they stand: `api.accessToken['addScope']` has the word addScope
 */
export function readAction(code) {
  const file = ts.createSourceFile('action.js', code, ts.ScriptTarget.ES2023, true, ts.ScriptKind.JS);
  const action = { constants: {}, properties: {}, handlers: new Set(), words: new Set() };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) readConstants(statement, action.constants);
  }
  visit(file, action);
  return action;
}

function readConstants({ declarationList }, constants) {
  for (const { name, initializer } of declarationList.declarations) {
    if (!initializer) continue;
    if (ts.isStringLiteralLike(initializer)) constants[name.text] = initializer.text;
    if (ts.isArrayLiteralExpression(initializer) && initializer.elements.every(ts.isStringLiteralLike)) {
      constants[name.text] = initializer.elements.map(({ text }) => text);
    }
  }
}

function visit(node, action) {
  if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) action.words.add(node.text);
  if (ts.isPropertyAccessExpression(node)) {
    const owner = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
    if (ts.isIdentifier(owner)) {
      if (owner.text === 'exports') action.handlers.add(node.name.text);
      else (action.properties[owner.text] ??= new Set()).add(node.name.text);
    }
  }
  ts.forEachChild(node, (child) => visit(child, action));
}
