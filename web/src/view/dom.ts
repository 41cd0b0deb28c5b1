// Building elements. Text goes in as text nodes only, so nothing that an API or a tenant says can become markup.

export type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | undefined | EventListener>>;

/** h('button', { type: 'submit', onclick: send }, 'Send'): `on…` are listeners, booleans mean presence. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  apply(element, attributes);
  element.append(...children.filter(isPresent));
  return element;
}

/** A button that does something by itself: not of a form. */
export function button(text: string, press: () => unknown, attributes: Attributes = {}): HTMLButtonElement {
  return h('button', { type: 'button', onclick: press, ...attributes }, text);
}

/** Says on a button that it is at work; false if it is already. */
export function setToWork(button: HTMLButtonElement, text: string): boolean {
  if (button.getAttribute('aria-disabled') === 'true') return false;
  button.setAttribute('aria-disabled', 'true');
  button.textContent = text;
  return true;
}

/** As h, in the SVG namespace. */
export function s(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(element, attributes);
  element.append(...children.filter(isPresent));
  return element;
}

/** Sets or removes attributes. */
export function apply(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : value);
  }
}

function isPresent(child: Child): child is Node | string {
  return child !== undefined && child !== false;
}

let ids = 0;

/** An id for the attributes that refer to one (for, aria-describedby). */
export function freshId(prefix: string): string {
  return `${prefix}-${++ids}`;
}
