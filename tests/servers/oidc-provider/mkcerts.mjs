// one-off key material (server TLS, client mTLS self-signed, client JWKS) into ./certs
import { execFileSync as x } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
mkdirSync('certs', { recursive: true });
if (!existsSync('certs/client.jwks.pub.json')) {
  const make = (name, more) => x('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650', '-subj', `/CN=${name}`, '-keyout', `certs/${name}.key`, '-out', `certs/${name}.crt`, ...more], { stdio: 'ignore' });
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  make('ca', ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']);
  make('server', ['-CA', 'certs/ca.crt', '-CAkey', 'certs/ca.key', ...leaf]);
  make('mtls', leaf);
  const c = new X509Certificate(readFileSync('certs/mtls.crt'));
  writeFileSync('certs/mtls.jwks.json', JSON.stringify({ keys: [{ ...c.publicKey.export({ format: 'jwk' }), x5c: [c.raw.toString('base64')], use: 'sig', kid: 'mtls' }] }));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync('certs/client.key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync('certs/client.jwks.pub.json', JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'c1', use: 'sig', alg: 'ES256' }] }));
}
