/** How a rule says what it finds: each answers a list of messages, empty if all is well. */

/** The constants of these names in all Actions. */
export function constants(sources, wanted) {
  return [...sources].flatMap(([action, source]) =>
    wanted.filter((name) => name in source.constants).map((name) => ({ action, value: source.constants[name] })));
}

export function unless(holds, message) {
  return holds ? [] : [message];
}

export function missing(wanted, known, message) {
  const set = new Set(known);
  return [...wanted].filter((item) => !set.has(item)).map(message);
}

export function named(list, name) {
  return list.find((item) => item.name === name);
}

export function names(list) {
  return list.map(({ name }) => name);
}

export function values(list) {
  return list.map(({ value }) => value);
}

export function overlap(one, other) {
  return one.some((item) => other.includes(item));
}

export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
