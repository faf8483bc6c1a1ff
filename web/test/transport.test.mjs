// How the wallet speaks with its server, against a server that says what it is told to.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { bundled } from './bundled.mjs'

const { openTransport, ApiFault, Client, createPasskey, usePasskey } = await bundled("export * from './src/api/transport.ts'; export * from './src/api/client_gen.ts'; export * from './src/api/passkey.ts'")

const json = (body, { status = 200, type = 'application/json', headers = {} } = {}) => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } })
const titles = { vi: 'Không được.', en: 'No.' }
const problem = (status, code, more = {}, headers) => json({ type: 'urn:giayto:problem:' + code, title: 'x', status, code, titles, ...more }, { status, type: 'application/problem+json', headers })

/** A client whose server gives these answers, one after the other. */
function against(...answers) {
  const asked = []
  const fetch = async (path, init) => {
    asked.push({ path, ...init })
    const next = answers.shift()
    assert.ok(next, `one request too many: ${init.method} ${path}`)
    return typeof next === 'function' ? next(init) : next
  }
  const transport = openTransport({ fetch })
  return { client: new Client(transport), transport, asked, left: answers }
}

/** Settles as a fault, and says which. */
async function fault(promise) {
  const error = await promise.then(() => assert.fail('was not refused'), (e) => e)
  assert.ok(error instanceof ApiFault, String(error))
  assert.equal(error.message, error.code)
  assert.ok(error.titles.vi && error.titles.en)
  return error
}

test('requests are what openapi.yaml says, and stay on this origin', async () => {
  const { client, asked } = against(json({ entries: [] }), json({ id: 'x' }), json({ id: 'x' }), new Response(null, { status: 204 }), json({ digest: '' }))
  await client.listHistory({ query: { limit: 20, cursor: 'a&b=1' } })
  await client.getCredential({ id: '../x?y' })
  await client.share({ body: { documents: [] } })
  assert.equal(await client.loseDevice({ id: 'abc' }), undefined)
  await client.getCatalog()
  assert.deepEqual(
    asked.map(({ method, path, body }) => [method, path, body]),
    [
      ['GET', '/v1/citizen/history?limit=20&cursor=a%26b%3D1', undefined],
      ['GET', '/v1/citizen/credentials/..%2Fx%3Fy', undefined],
      ['POST', '/v1/citizen/presentations', '{"documents":[]}'],
      ['POST', '/v1/citizen/devices/abc/lost', '{}'],
      ['GET', '/v1/public/catalog', undefined],
    ],
  )
  for (const { credentials, mode, redirect, referrerPolicy, cache, path } of asked) {
    assert.deepEqual([credentials, mode, redirect, referrerPolicy], ['same-origin', 'same-origin', 'manual', 'no-referrer'])
    assert.equal(cache, path.startsWith('/v1/public') ? 'default' : 'no-store')
  }
  assert.deepEqual(asked.map(({ headers }) => headers['Content-Type']), [undefined, undefined, 'application/json', 'application/json', undefined])
})

test('nothing but the interface is asked', async () => {
  for (const path of ['https://evil.example/v1/citizen/x', '//evil.example/v1/citizen/', '/v1/agency/records', '/verify', 'v1/citizen/x']) {
    const { transport, asked } = against()
    await assert.rejects(transport({ method: 'GET', path }), TypeError, path)
    assert.deepEqual(asked, [])
  }
})

test('the token against forged requests goes with what is not a GET, and is the newest', async () => {
  const { client, asked } = against(json({ csrf_token: 'one' }, { status: 201 }), json({}), json({}), json({ csrf_token: 'two' }), json({}), new Response(null, { status: 204 }), problem(401, 'session.missing'))
  await client.signIn({ body: { activation_code: 'X', mode: 'cookie' } })
  await client.listDevices()
  await client.share({ body: { documents: [] } })
  await client.rotateSession()
  await client.endOtherSessions()
  await client.signOut()
  await fault(client.endOtherSessions())
  assert.deepEqual(asked.map(({ headers }) => headers['X-CSRF-Token']), [undefined, undefined, 'one', 'one', 'two', 'two', undefined])
})

test('a page that was loaded anew learns the token and goes on', async () => {
  const { client, asked } = against(problem(403, 'session.cross_site'), json({ csrf_token: 'again' }), json({ id: 'p' }))
  assert.deepEqual(await client.share({ body: { documents: [] } }), { id: 'p' })
  assert.deepEqual(asked.map(({ method, path }) => `${method} ${path}`), ['POST /v1/citizen/presentations', 'GET /v1/citizen/sessions/current', 'POST /v1/citizen/presentations'])
  assert.equal(asked[2].headers['X-CSRF-Token'], 'again')
})

test('it does not ask a third time', async () => {
  const { client, left } = against(problem(403, 'session.cross_site'), json({ csrf_token: 'again' }), problem(403, 'session.cross_site'))
  assert.equal((await fault(client.share({ body: { documents: [] } }))).code, 'session.cross_site')
  assert.equal(left.length, 0)
  const ended = against(problem(403, 'session.cross_site'), problem(401, 'session.invalid'))
  assert.equal((await fault(ended.client.signOut())).code, 'session.invalid')
})

test('refusals carry what people and programs need, and no more', async () => {
  const { client } = against(
    problem(422, 'disclosure.claim_unknown', { field: 'documents[0].claims[2]', detail: 'for developers', request_id: '0123456789abcdef' }),
    problem(429, 'request.too_many', {}, { 'Retry-After': '17' }),
    problem(429, 'activation.too_many_tries', {}, { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
  )
  const unknown = await fault(client.share({ body: { documents: [] } }))
  assert.deepEqual([unknown.code, unknown.status, unknown.titles, unknown.field, unknown.retryAfter], ['disclosure.claim_unknown', 422, titles, 'documents[0].claims[2]', undefined])
  assert.ok(!JSON.stringify(unknown).includes('for developers'))
  assert.equal((await fault(client.listDevices())).retryAfter, 17)
  assert.equal((await fault(client.listDevices())).retryAfter, undefined)
})

test('an answer that is not that of this server', async () => {
  const redirected = Object.defineProperty(new Response(null), 'status', { value: 0 })
  const cases = {
    'a page that wants a sign-in': json('<html>', { type: 'text/html' }),
    'a page of a proxy that failed': json('<html>', { status: 502, type: 'text/html' }),
    'a redirect': redirected,
    'no JSON': json('{"credentials":'),
    'no UTF-8': new Response(Uint8Array.of(0x22, 0xff, 0x22), { headers: { 'Content-Type': 'application/json' } }),
    'no body': new Response(null, { headers: { 'Content-Type': 'application/json' } }),
    'a refusal as a success': problem(200, 'x'),
    'a refusal without a code': json({ titles }, { status: 400, type: 'application/problem+json' }),
    'a refusal without words': json({ code: 'x', titles: { vi: 1, en: 'n' } }, { status: 400, type: 'application/problem+json' }),
    'a refusal of null': json('null', { status: 400, type: 'application/problem+json' }),
    'more than a page can take': json('"' + 'x'.repeat(4 << 20) + '"'),
  }
  for (const [name, answer] of Object.entries(cases)) {
    assert.equal((await fault(against(answer).client.listCredentials())).code, 'network.broken', name)
  }
})

test('an answer that never ends is not read to its end', async () => {
  let pulled = 0
  let cancelled = false
  const endless = new ReadableStream({
    pull: (c) => void (pulled++, c.enqueue(new Uint8Array(1 << 20).fill(0x20))),
    cancel: () => void (cancelled = true),
  })
  const { client } = against(new Response(endless, { headers: { 'Content-Type': 'application/json' } }))
  assert.equal((await fault(client.listCredentials())).code, 'network.broken')
  assert.ok(pulled < 8 && cancelled, `${pulled} pieces`)
})

test('no connection, or one that breaks off', async () => {
  const lost = () => Promise.reject(new TypeError('failed to fetch http://127.0.0.1/secret'))
  const half = new Response(new ReadableStream({ start: (c) => (c.enqueue(Buffer.from('{"a"')), c.error(new TypeError('reset'))) }), { headers: { 'Content-Type': 'application/json' } })
  for (const answer of [lost, half]) {
    const refused = await fault(against(answer).client.listCredentials())
    assert.deepEqual([refused.code, refused.status], ['network.offline', 0])
    assert.ok(!String(refused.stack).includes('secret'))
  }
})

const never = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('an answer that takes too long is given up', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const slow = fault(against(never).client.listCredentials())
  mock.timers.tick(14_999)
  mock.timers.tick(1)
  assert.equal((await slow).code, 'network.slow')
})

test('who asked can give up', async () => {
  const giveUp = new AbortController()
  const { client, asked } = against(never)
  const asking = client.listCredentials({ signal: giveUp.signal })
  giveUp.abort()
  await assert.rejects(asking, { name: 'AbortError' })
  await assert.rejects(client.listCredentials({ signal: giveUp.signal }), { name: 'AbortError' })
  assert.equal(asked.length, 1)
})

const bytes = (...list) => Uint8Array.from(list).buffer

/** Sets what a browser of passkeys would be. */
function browser(t, credentials, statics = {}) {
  Object.defineProperty(globalThis, 'navigator', { value: { credentials }, configurable: true })
  globalThis.PublicKeyCredential = Object.assign(class {}, statics)
  t.after(() => delete globalThis.PublicKeyCredential)
}

test('passkeys in a browser without the JSON forms', async (t) => {
  const asked = []
  browser(t, {
    create: async (options) => {
      asked.push(options)
      return { id: '-_8', rawId: bytes(251, 255), type: 'public-key', response: { clientDataJSON: bytes(1), attestationObject: bytes(2, 3), getTransports: () => ['internal'] } }
    },
    get: async (options) => {
      asked.push(options)
      // A manager of passkeys whose toJSON does not work.
      return { id: '-_8', rawId: bytes(251, 255), type: 'public-key', authenticatorAttachment: 'platform', toJSON: () => { throw new TypeError('illegal invocation') }, response: { clientDataJSON: bytes(1), authenticatorData: bytes(4), signature: bytes(5), userHandle: null } }
    },
  })
  const made = await createPasskey({ publicKey: { challenge: 'AQID', rp: { id: 'vi.example', name: 'Ví' }, user: { id: '-_8', name: 'n' }, pubKeyCredParams: [], excludeCredentials: [{ type: 'public-key', id: 'AQ' }] } })
  assert.deepEqual(made, { id: '-_8', rawId: '-_8', type: 'public-key', response: { clientDataJSON: 'AQ', attestationObject: 'AgM', transports: ['internal'] }, clientExtensionResults: {} })
  const used = await usePasskey({ publicKey: { challenge: 'AQID', rpId: 'vi.example', userVerification: 'required', allowCredentials: [{ type: 'public-key', id: '-_8' }] } })
  assert.deepEqual(used, { id: '-_8', rawId: '-_8', type: 'public-key', authenticatorAttachment: 'platform', response: { clientDataJSON: 'AQ', authenticatorData: 'BA', signature: 'BQ' }, clientExtensionResults: {} })
  const [create, get] = asked.map(({ publicKey }) => publicKey)
  assert.deepEqual([[...create.challenge], [...create.user.id], [...create.excludeCredentials[0].id], create.rp.id], [[1, 2, 3], [251, 255], [1], 'vi.example'])
  assert.deepEqual([[...get.allowCredentials[0].id], get.userVerification], [[251, 255], 'required'])
})

test('passkeys where nobody confirms', async (t) => {
  const options = { publicKey: { challenge: 'AQ' } }
  const cases = { NotAllowedError: 'passkey.cancelled', AbortError: 'passkey.cancelled', InvalidStateError: 'passkey.here_already', NotSupportedError: 'passkey.unsupported', SecurityError: 'passkey.failed', UnknownError: 'passkey.failed' }
  for (const [name, code] of Object.entries(cases)) {
    const no = async () => { throw new DOMException('vi.example of somebody', name) }
    browser(t, { create: no, get: no }, { parseCreationOptionsFromJSON: (x) => x, parseRequestOptionsFromJSON: (x) => x })
    for (const ask of [createPasskey, usePasskey]) assert.deepEqual([(await fault(ask(options))).code, name], [code, name])
  }
  browser(t, { get: async () => null })
  assert.equal((await fault(usePasskey(options))).code, 'passkey.cancelled')
  browser(t, { get: async () => assert.fail() }, { parseRequestOptionsFromJSON: () => { throw new TypeError('not base64url') } })
  assert.equal((await fault(usePasskey(options))).code, 'passkey.failed')
  delete globalThis.PublicKeyCredential
  assert.equal((await fault(usePasskey(options))).code, 'passkey.unsupported')
})
