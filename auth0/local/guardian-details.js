/**
 * `authorization_details` (RFC 9396) as Auth0's Guardian app displays them: one object of Auth0's schema. Auth0 itself
 * looks at the type alone and leaves the rest to the API; what the app would not display is refused here, since nobody
 * could approve it knowingly.
 *
 * https://auth0.com/docs/get-started/apis/configure-rich-authorization-requests
 */

const MAX_BYTES = 5 * 1024;
const MAX_PROPERTIES = 10;
const MAX_LENGTH = 255;
const NAME = /^[a-zA-Z0-9_.-]+$/;

/** @returns {string | undefined} what the app could not display */
export function detailsProblem(text) {
  if (Buffer.byteLength(text) > MAX_BYTES) return `it is larger than ${MAX_BYTES} bytes`;
  const [detail, ...more] = JSON.parse(text);
  if (more.length > 0) return 'it has more than one object';
  if (!isText(detail.instruction)) return 'it has no instruction';
  if (!isMapping(detail.properties)) return 'it has no properties';
  const properties = Object.entries(detail.properties);
  if (properties.length > MAX_PROPERTIES) return `it has more than ${MAX_PROPERTIES} properties`;
  const wrong = properties.find(([name, property]) => !isProperty(name, property));
  if (wrong) return `its property ${wrong[0].slice(0, MAX_LENGTH)} is malformed`;
  return properties.some(([, { display }]) => display) ? undefined : 'it displays nothing';
}

/** What the phone shows of them: the instruction, and the displayed properties in their order. */
export function displayed(text) {
  const [{ instruction, properties }] = JSON.parse(text);
  const shown = Object.values(properties).filter(({ display }) => display);
  shown.sort((one, other) => one.display_order - other.display_order);
  return { instruction, shown: shown.map(({ name, value }) => ({ name, value: String(value) })) };
}

function isProperty(name, property) {
  if (!NAME.test(name) || name.length > MAX_LENGTH || !isMapping(property)) return false;
  const { display, name: label, display_order: order, value } = property;
  if (!['string', 'number', 'boolean'].includes(typeof value) || String(value).length > MAX_LENGTH) return false;
  return display === false || (display === true && isText(label) && Number.isInteger(order));
}

function isText(value) {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH;
}

function isMapping(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
