// Reads one request as JSON from standard input, does it with the @sd-jwt
// packages, and prints one answer as JSON. Requests:
//
//   {"do":"verify", "credential", "form", "issuerJwk", "statusJwk", "statusKeys", "base", "nonce", "now", "required", "typeMetadata"}
//   {"do":"issue", "claims", "frame", "privateJwk", "header"}
//   {"do":"present", "credential", "frame", "holderJwk", "nonce", "aud", "iat"}
//   {"do":"statusList", "values", "bits", "uri", "iat", "exp", "privateJwk", "kid"}
//
// verify: without issuerJwk the key is looked for where SD-JWT VC says, at
// /.well-known/jwt-vc-issuer between host and path of iss, by kid; without
// statusJwk, a status list is checked with the keys of the JWK Set at the https
// URL statusKeys, or else with the issuer's. typeMetadata true resolves vct and
// holds what is there to vct#integrity (the package's own check compares its hash
// in hex with base64, and never passes). Every https URL in
// a credential is fetched from base, a local server, with the same path; without
// base nothing is fetched. form "flattened" or "general" takes a JWS JSON
// serialisation instead of a compact text.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ES256, digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { FlattenJSON, GeneralJSON } from '@sd-jwt/core';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { StatusList, createHeaderAndPayload } from '@sd-jwt/jwt-status-list';

const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const headerOf = (data) => decode(data.split('.')[0]);
const payloadOf = (data) => decode(data.split('.')[1]);

async function get(base, url, accept) {
  if (!base) throw new Error('nothing may be fetched without a base URL');
  const from = new URL(url);
  if (from.protocol !== 'https:') throw new Error(`${url} is not https`);
  const response = await fetch(new URL(from.pathname + from.search, base), {
    headers: { Accept: accept }, redirect: 'error', signal: AbortSignal.timeout(10000),
  });
  if (!response.ok) throw new Error(`${from.pathname}: ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith(accept)) throw new Error(`${from.pathname} is ${type}, not ${accept}`);
  return response;
}

async function issuerKeys(base, iss) {
  const url = new URL(iss);
  const path = url.pathname.replace(/\/$/, '');
  const response = await get(base, `${url.origin}/.well-known/jwt-vc-issuer${path}`, 'application/json');
  const metadata = await response.json();
  if (metadata.issuer !== iss) throw new Error('the metadata is about another issuer');
  if (metadata.jwks) return metadata.jwks.keys;
  return (await (await get(base, metadata.jwks_uri, 'application/json')).json()).keys;
}

// verifier checks ES256 with one of keys, chosen by kid where the header has one.
function verifier(keys) {
  return async (data, signature) => {
    const { alg, kid } = headerOf(data);
    if (alg !== 'ES256') return false;
    const key = keys.find((k) => kid === undefined || k.kid === undefined || k.kid === kid);
    return key !== undefined && (await ES256.getVerifier(key))(data, signature);
  };
}

function compact(request) {
  switch (request.form) {
    case 'flattened': return FlattenJSON.fromSerialized(JSON.parse(request.credential)).toEncoded();
    case 'general': return GeneralJSON.fromSerialized(JSON.parse(request.credential)).toEncoded(0);
    default: return request.credential;
  }
}

const common = { hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt };

async function typeMetadata(base, uri, integrity) {
  const text = await (await get(base, uri, 'application/json')).text();
  const hash = createHash('sha256').update(text, 'utf8').digest('base64');
  if (integrity !== `sha256-${hash}`) throw new Error(`${uri} is not what ${integrity} stands for`);
  return JSON.parse(text);
}

async function verify(request) {
  const credential = compact(request);
  const keys = request.issuerJwk ? [request.issuerJwk] : await issuerKeys(request.base, payloadOf(credential).iss);
  const statusKeys = request.statusKeys ? (await (await get(request.base, request.statusKeys, 'application/jwk-set+json')).json()).keys : keys;
  const seen = [];
  const instance = new SDJwtVcInstance({
    ...common,
    verifier: verifier(keys),
    kbVerifier: async (data, signature, payload) => (await ES256.getVerifier(payload.cnf.jwk))(data, signature),
    statusVerifier: verifier(request.statusJwk ? [request.statusJwk] : statusKeys),
    statusListFetcher: async (uri) => (await get(request.base, uri, 'application/statuslist+jwt')).text(),
    statusValidator: async (status) => {
      seen.push(status);
      if (status !== 0) throw new Error(`status ${status}`);
    },
    vctFetcher: (uri, integrity) => typeMetadata(request.base, uri, integrity),
    loadTypeMetadataFormat: request.typeMetadata === true,
  });
  const result = await instance.verify(credential, {
    currentDate: request.now, skewSeconds: 0,
    requiredClaimKeys: request.required, keyBindingNonce: request.nonce,
  });
  return { payload: result.payload, header: result.header, kb: result.kb, status: seen[0], typeMetadata: result.typeMetadata?.mergedTypeMetadata };
}

async function issue(request) {
  const instance = new SDJwtVcInstance({ ...common, signer: await ES256.getSigner(request.privateJwk), signAlg: 'ES256' });
  return { credential: await instance.issue(request.claims, request.frame, { header: request.header }) };
}

async function present(request) {
  const instance = new SDJwtVcInstance({ ...common, kbSigner: await ES256.getSigner(request.holderJwk), kbSignAlg: 'ES256' });
  const payload = { iat: request.iat, aud: request.aud, nonce: request.nonce };
  return { credential: await instance.present(request.credential, request.frame, { kb: { payload } }) };
}

async function statusList(request) {
  const claims = { sub: request.uri, iat: request.iat, exp: request.exp };
  const { header, payload } = createHeaderAndPayload(new StatusList(request.values, request.bits), claims, { alg: 'ES256', typ: 'statuslist+jwt', kid: request.kid });
  const input = `${encode(header)}.${encode(payload)}`;
  return { token: `${input}.${await (await ES256.getSigner(request.privateJwk))(input)}` };
}

const actions = { verify, issue, present, statusList };
let answer;
try {
  const request = JSON.parse(readFileSync(0, 'utf8'));
  answer = { ok: true, ...(await actions[request.do](request)) };
} catch (error) {
  answer = { ok: false, error: String(error?.message ?? error) };
}
console.log(JSON.stringify(answer));
