import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its private key, both in PEM form. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

interface Authority extends Certificate {
  /** Signs a certificate for these host names and IPv4 addresses. */
  readonly issue: (hosts: readonly string[]) => Certificate;
}

interface Unsigned {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

/**
 * Creates a certificate authority with Node alone, because not every machine that runs the tests has `openssl`. RFC
 * 5280.
 */
export function createAuthority(): Authority {
  const name = `Test authority ${randomBytes(4).toString('hex')}`;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = sequence(Buffer.from([0x01, 0x01, 0xff]));
  const extensions = [extension('551d13', isAuthority)];
  return {
    cert: certify({ name, publicKey, issuer: name, issuerKey: privateKey, extensions }),
    key: pemKey(privateKey),
    issue: (hosts) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternativeNames = extension('551d11', sequence(...hosts.map(alternativeName)));
      return {
        cert: certify({
          name: 'Test server',
          publicKey: pair.publicKey,
          issuer: name,
          issuerKey: privateKey,
          extensions: [alternativeNames],
        }),
        key: pemKey(pair.privateKey),
      };
    },
  };
}

const dayMs = 86_400_000;
const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));

function certify({ name, publicKey, issuer, issuerKey, extensions }: Unsigned): string {
  const now = Date.now();
  const content = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    sequence(time(now - dayMs), time(now + dayMs)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, issuerKey);
  const der = sequence(content, ecdsaWithSha256, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function distinguishedName(commonName: string): Buffer {
  return sequence(element(0x31, sequence(objectId('550403'), element(0x0c, Buffer.from(commonName)))));
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 4
    ? element(0x87, Buffer.from(host.split('.').map(Number)))
    : element(0x82, Buffer.from(host));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), element(0x04, value));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return element(0x17, Buffer.from(digits.slice(2)));
}

function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: Buffer): Buffer {
  return element(0x02, value);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

/** Encodes one DER element: tag, length and content. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}
