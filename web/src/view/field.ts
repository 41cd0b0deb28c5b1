// A labelled control with a hint and a place for its error, tied together for assistive technology.

import { apply, freshId, h } from './dom.ts';

export interface Field<Control extends HTMLInputElement | HTMLSelectElement> {
  readonly element: HTMLElement;
  readonly control: Control;
  /** Shows or, with undefined, clears the error; ways out of it stand beside it. */
  setError(message: string | undefined, ...waysOut: HTMLElement[]): void;
}

export function field<Control extends HTMLInputElement | HTMLSelectElement>(
  label: string,
  control: Control,
  hint?: string | HTMLElement,
): Field<Control> {
  const id = freshId('field');
  const errorId = `${id}-error`;
  const hintId = `${id}-hint`;
  const error = h('p', { class: 'field-error', id: errorId });
  const ways = h('div', { class: 'ways-out' });
  const describedBy = hint === undefined ? errorId : `${hintId} ${errorId}`;
  apply(control, { id, 'aria-describedby': describedBy });

  return {
    element: h(
      'div',
      { class: 'field' },
      h('label', { for: id }, label),
      control,
      // Error and hint share one line's height, so that an error moves nothing.
      h(
        'div',
        { class: 'field-notes' },
        hint !== undefined && h('p', { class: 'hint', id: hintId }, hint),
        error,
        ways,
      ),
    ),
    control,
    setError(message, ...waysOut) {
      // What is shown already stays: a way out that is being pressed must not go away under the finger.
      if (message !== undefined && error.textContent === message) return;
      error.textContent = message ?? '';
      ways.replaceChildren(...waysOut);
      apply(control, { 'aria-invalid': message === undefined ? undefined : 'true' });
    },
  };
}
