/**
 * Certificates that sign themselves: for the key set, whose keys have one each as at Auth0 (x5c, x5t), and for the
 * gate's Management API on loopback. RFC 5280, in DER (X.690) by hand, as Node signs but does not issue.
 */

import { createPublicKey, randomBytes, sign } from 'node:crypto';

const TAG = {
  integer: 0x02, bits: 0x03, octets: 0x04, null: 0x05, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31,
};
const DNS_NAME = 0x82;

const SIGNATURE = {
  ec: sequence(oid('2a8648ce3d040302')), // ecdsa-with-SHA256
  rsa: sequence(oid('2a864886f70d01010b'), der(TAG.null, Buffer.alloc(0))), // sha256WithRSAEncryption
};

/**
 * @param {import('node:crypto').KeyObject} privateKey  of an elliptic curve, or RSA
 * @param {string} host       its subject and its only name
 * @param {number} from       ms since 1970, as until
 * @param {number} until      before 2050
 * @returns {Buffer} DER
 */
export function selfSigned(privateKey, host, from, until) {
  const algorithm = SIGNATURE[privateKey.asymmetricKeyType];
  const name = sequence(der(TAG.set, sequence(oid('550403'), der(TAG.utf8, Buffer.from(host)))));
  const subjectAltName = sequence(oid('551d11'), der(TAG.octets, sequence(der(DNS_NAME, Buffer.from(host)))));
  const body = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))), // version 3
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])), // a serial number, positive
    algorithm,
    name,
    sequence(utcTime(from), utcTime(until)),
    name,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName)),
  );
  const signature = der(TAG.bits, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  return sequence(body, algorithm, signature);
}

/** @param {Buffer} certificate  DER */
export function pem(certificate) {
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
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
