/** The users of the tenant's database connection, from the `users:` of local/seed.yaml. */

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { load } from 'js-yaml';

import { Problem } from './problem.js';

/** Cheap on purpose: the passwords stand in clear in the file beside, so a costly hash would guard nothing. */
const COST = { N: 2 ** 12 };
/** The claims of each scope. */
export const CLAIMS = { profile: ['name', 'nickname', 'picture', 'updated_at'], email: ['email', 'email_verified'] };

/** No demo user is older or newer than another. */
export const SINCE = '2026-01-01T00:00:00.000Z';

const scryptHash = promisify(scrypt);
const hash = (password, salt) => scryptHash(password, salt, 32, COST);
const FIELDS = ['user_id', 'email', 'email_verified', 'name', 'password', 'connection'];

/** Reads the file; passwords are kept as hashes from here on. */
export async function loadUsers(file) {
  let seed;
  try {
    seed = load(readFileSync(file, 'utf8'), { filename: file });
  } catch (error) {
    throw new Problem(`cannot read the users: ${error.message}`);
  }
  if (!Array.isArray(seed?.users)) throw new Problem(`${file}: no list "users"`);
  for (const [index, user] of seed.users.entries()) {
    const missing = FIELDS.filter((field) => user?.[field] === undefined);
    if (missing.length > 0) throw new Problem(`${file}: users[${index}] has no ${missing.join(', ')}`);
  }
  return Users.of(seed.users);
}

export class Users {
  #byId = new Map();
  #byEmail = new Map();
  #stranger;

  static async of(list) {
    const users = new Users();
    users.#stranger = await credentials(randomBytes(16).toString('hex'));
    for (const { password, ...profile } of list) {
      const user = { profile, logins: 0, appMetadata: {}, ...(await credentials(password)) };
      users.#byId.set(profile.user_id, user);
      users.#byEmail.set(profile.email.toLowerCase(), user);
    }
    return users;
  }

  /** The profile of a user, or undefined. */
  find(userId) {
    return this.#byId.get(userId)?.profile;
  }

  /** The claims of a user's profile, as Auth0 makes them of a database user. */
  static claims({ user_id: sub, name, email, email_verified: verified }) {
    const nickname = email.split('@')[0];
    return { sub, name, nickname, picture: picture(email), updated_at: SINCE, email, email_verified: verified };
  }

  /** What Actions wrote about a user, of this run of the tenant. */
  appMetadata(userId) {
    return structuredClone(this.#byId.get(userId)?.appMetadata ?? {});
  }

  /** Writes changes by key; null takes the key away. */
  changeAppMetadata(userId, changes) {
    const user = this.#byId.get(userId);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete user.appMetadata[key];
      else user.appMetadata[key] = structuredClone(value);
    }
  }

  logins(userId) {
    return this.#byId.get(userId)?.logins ?? 0;
  }

  /**
   * The profile of the user with this e-mail address and password, or undefined. An unknown address costs the same hash
   * as a known one, and hashes are compared in constant time: the answer's timing does not tell who has an account.
   */
  async authenticate(email, password) {
    const user = this.#byEmail.get(email.trim().toLowerCase());
    const { salt, key } = user ?? this.#stranger;
    const same = timingSafeEqual(await hash(password, salt), key);
    if (!same || !user) return undefined;
    user.logins += 1;
    return user.profile;
  }
}

/** Gravatar's, with two letters from Auth0 to fall back on. Nothing here fetches it. */
function picture(email) {
  const hash = createHash('md5').update(email.toLowerCase()).digest('hex');
  const letters = encodeURIComponent(`https://cdn.auth0.com/avatars/${email.slice(0, 2).toLowerCase()}.png`);
  return `https://s.gravatar.com/avatar/${hash}?s=480&r=pg&d=${letters}`;
}

async function credentials(password) {
  const salt = randomBytes(16);
  return { salt, key: await hash(password, salt) };
}
