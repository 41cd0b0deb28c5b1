/**
 * A certificate for localhost, made anew at each start: the deploy CLI speaks to nothing but https, and a key that
 * lies in a repository is no key. RFC 5280, in DER (X.690) by hand, as Node signs but does not issue.
 */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 };
const DNS_NAME = 0x82;

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const HOUR = 60 * 60 * 1000;

/** @returns {{key: string, cert: string}} both PEM; valid for localhost, for an hour */
export function selfSignedCertificate(now = Date.now()) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(TAG.set, sequence(oid('550403'), der(TAG.utf8, Buffer.from('localhost')))));
  const subjectAltName = sequence(oid('551d11'), der(TAG.octets, sequence(der(DNS_NAME, Buffer.from('localhost')))));
  const body = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))), // version 3
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])), // a serial number, positive
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(now - HOUR), utcTime(now + HOUR)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName)),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, der(TAG.bits, Buffer.concat([Buffer.from([0]), signature])));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: pem(certificate) };
}

function der(tag, content) {
  const size = content.length;
  const header = size < 0x80 ? [tag, size] : size < 0x100 ? [tag, 0x81, size] : [tag, 0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

function sequence(...parts) {
  return der(TAG.sequence, Buffer.concat(parts));
}

function oid(hex) {
  return der(TAG.oid, Buffer.from(hex, 'hex'));
}

function utcTime(at) {
  return der(TAG.utcTime, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
}

function pem(bytes) {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}
