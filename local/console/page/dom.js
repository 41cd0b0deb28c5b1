// Elements without markup: a text is only ever a text node, whatever a client put into it.

/**
 * @param {string} tag
 * @param {Record<string, string | undefined>} attributes
 * @param {...(Node | string | false | undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== false && child !== ''));
  return element;
}

/** Replaces what is in an element, unless it shows the same state already: so a part that stays keeps its selection. */
export function fill(element, state, children) {
  const signature = JSON.stringify(state) ?? '';
  if (element.signature === signature) return;
  element.signature = signature;
  element.replaceChildren(...children().filter(Boolean));
}
