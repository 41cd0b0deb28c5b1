// A list on the page that follows a shelf: a card for each thing, the newest first. Cards stay the elements that they
// are while their things go on, so that what is open stays open and what has the focus keeps it.

export class List {
  #cards = new Map();
  #element;
  #make;

  /** @param {HTMLElement} element @param {() => {element: HTMLElement, show: (thing: object) => void}} make a card */
  constructor(element, make) {
    this.#element = element;
    this.#make = make;
  }

  show(things) {
    const numbers = new Set(things.map(({ number }) => number));
    for (const [number, card] of this.#cards) {
      if (numbers.has(number)) continue;
      card.element.remove();
      this.#cards.delete(number);
    }
    let before = this.#element.firstElementChild;
    for (const thing of things) {
      let card = this.#cards.get(thing.number);
      if (!card) {
        card = this.#make();
        this.#cards.set(thing.number, card);
      }
      if (card.element === before) before = before.nextElementSibling;
      else this.#element.insertBefore(card.element, before);
      if (card.shown !== thing) card.show(thing); // a thing that has gone on is another object
      card.shown = thing;
    }
  }
}
