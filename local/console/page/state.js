// The newest state of the last things of one kind, by number.

export class Shelf {
  #things = new Map();
  #capacity;

  constructor(capacity) {
    this.#capacity = capacity;
  }

  put(thing) {
    this.#things.set(thing.number, thing);
    if (this.#things.size > this.#capacity) this.#things.delete(Math.min(...this.#things.keys()));
  }

  clear() {
    this.#things.clear();
  }

  /** The newest first. */
  get all() {
    return [...this.#things.values()].sort((a, b) => b.number - a.number);
  }
}
