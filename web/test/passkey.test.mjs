// A browser's own passkeys against the real server: WebAuthn as Chromium speaks
// it, with its virtual authenticator, on a page that does no more than call it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch } from './chromium.mjs'
import { serve, skip } from './server.mjs'

/** What every page of a wallet would do. Runs in the page. */
function client() {
  let csrf
  const call = async (method, path, body) => {
    const response = await fetch(path, {
      method,
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...(csrf && method !== 'GET' && { 'X-CSRF-Token': csrf }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = response.status === 204 ? {} : await response.json()
    csrf = answer.csrf_token ?? csrf
    return { status: response.status, ...answer }
  }
  const create = async ({ publicKey }) => (await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })).toJSON()
  const get = async ({ publicKey }) => (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) })).toJSON()
  const post = (path, body = {}) => call('POST', path, body)
  globalThis.wallet = {
    post,
    read: (path) => call('GET', path),
    enter: (activation_code) => post('/v1/citizen/sessions', { activation_code, device_name: 'Trình duyệt', mode: 'cookie' }),
    register: async () => post('/v1/citizen/passkeys', { name: 'Trình duyệt', credential: await create(await post('/v1/citizen/passkeys/options')) }),
    signIn: async () => post('/v1/citizen/sessions/passkey', { mode: 'cookie', credential: await get(await post('/v1/citizen/sessions/passkey/options')) }),
    confirm: async (request) => ({ ...request, confirmation: await get(await post('/v1/citizen/presentations/options', request)) }),
    share: (request) => post('/v1/citizen/presentations', request),
    forget: () => (csrf = undefined),
    leave: () => call('DELETE', '/v1/citizen/sessions/current'),
  }
}

let browser
before(async () => {
  if (!skip) browser = await launch({ hosts: ['localhost', 'evil.localhost'] })
})
after(() => browser?.close())

/** A minimal page of an origin, with an authenticator that verifies its user. */
async function open(context, origin) {
  await context.route(`${origin}/minimal`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Ví</title>' }))
  const page = await context.newPage()
  await page.addInitScript(client)
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  await page.goto(`${origin}/minimal`)
  return {
    page,
    run: (f, ...given) => page.evaluate(f, ...given),
    verifies: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    put: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }),
  }
}

const sensitive = { documents: [{ document: 'can_cuoc', claims: ['name', 'personal_administrative_number'] }], audience: 'Khách sạn Ví Dụ' }

test('a browser registers, signs in and confirms', { skip }, async (t) => {
  const server = await serve()
  t.after(() => server.stop())
  const origin = `http://localhost:${server.port}`
  const context = await browser.newContext()
  const { page, run, verifies, keys } = await open(context, origin)

  await t.test('with a code and a passkey', async () => {
    const entered = await run((code) => wallet.enter(code), server.code)
    assert.equal(entered.status, 201)
    assert.equal(entered.token, undefined, 'the token of a cookie is for no script')
    const registered = await run(() => wallet.register())
    assert.equal(registered.status, 201)
    assert.equal(registered.enrolment_level, 2)
    assert.deepEqual(registered.transports, ['internal'])
    const [key] = await keys()
    assert.equal(key.rpId, 'localhost')
    assert.equal(key.isResidentCredential, true)
  })

  await t.test('the session lies in a cookie that no script reads', async () => {
    const [cookie] = await context.cookies()
    assert.equal(cookie.name, '__Host-giayto')
    assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === 'Strict' && cookie.path === '/')
    assert.equal(await run(() => document.cookie), '')
    const csrf = await run(() => wallet.forget())
    assert.equal(csrf, undefined)
    assert.equal((await run(() => wallet.share({ documents: [] }))).code, 'session.cross_site')
    await page.reload()
    const again = await run(() => wallet.read('/v1/citizen/sessions/current'))
    assert.equal(again.status, 200)
    assert.match(again.csrf_token, /^[A-Za-z0-9_-]{43}$/)
  })

  await t.test('signs out, and in again without typing anything', async () => {
    assert.equal((await run(() => wallet.leave())).status, 204)
    assert.equal((await context.cookies()).length, 0)
    assert.equal((await run(() => wallet.read('/v1/citizen/credentials'))).code, 'session.missing')
    const opened = await run(() => wallet.signIn())
    assert.equal(opened.status, 201)
    assert.equal(opened.method, 'passkey')
    assert.equal(opened.level, 2)
    const { passkeys } = await run(() => wallet.read('/v1/citizen/passkeys'))
    assert.equal(passkeys.length, 1)
    assert.ok(passkeys[0].used_at)
  })

  await t.test('steps up for what is sensitive, and for nothing else', async () => {
    const age = await run(() => wallet.share({ documents: [{ document: 'can_cuoc', preset: 'over18_shop' }] }))
    assert.equal(age.status, 201)
    assert.equal((await run((r) => wallet.share(r), sensitive)).code, 'disclosure.step_up_required')
    const confirmed = await run((r) => wallet.confirm(r), sensitive)
    const other = { ...confirmed, audience: 'Người khác' }
    assert.equal((await run((r) => wallet.share(r), other)).code, 'disclosure.step_up_mismatch')
    assert.equal((await run((r) => wallet.share(r), confirmed)).code, 'passkey.challenge_unknown', 'it was used up by the attempt')
    const shared = await run(async (r) => wallet.share(await wallet.confirm(r)), sensitive)
    assert.equal(shared.status, 201)
    assert.match(shared.text, /^VN[12]:/)
  })

  await t.test('not where the user is not verified', async () => {
    await verifies(false)
    await assert.rejects(run(() => wallet.signIn()), /NotAllowedError/)
    await verifies(true)
    assert.equal((await run(() => wallet.signIn())).status, 201)
  })

  await t.test('not from a page of another origin', async () => {
    const evil = await open(await browser.newContext(), `http://evil.localhost:${server.port}`)
    for (const key of await keys()) await evil.put(key) // even where the key itself has been copied
    // The browser refuses: the domain of the passkey is not above that of the page.
    await assert.rejects(evil.run(() => wallet.signIn()), /SecurityError/)
  })
})
