// The wallet's way to its server, all of it real: page, cookie, passkeys of Chromium,
// the stream of the inbox.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { launch, profile } from './chromium.mjs'
import { serve, skip } from './server.mjs'

let browser, server, script
before(async () => {
  if (skip) return
  const contents = `
    import { Client } from './src/api/client_gen.ts'
    import { openTransport } from './src/api/transport.ts'
    import { createPasskey, usePasskey } from './src/api/passkey.ts'
    import { follow } from './src/api/inbox.ts'
    globalThis.api = { client: new Client(openTransport()), createPasskey, usePasskey, follow }`
  const { outputFiles } = await build({ stdin: { contents, resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'ts' }, bundle: true, format: 'iife', write: false })
  script = outputFiles[0].text
  ;[browser, server] = await Promise.all([launch(), serve()])
  server.origin = `http://localhost:${server.port}` // whose passkeys they are
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/** The wallet page on a device, with an authenticator that verifies its user. */
async function open(device) {
  const page = await device.context.newPage()
  await page.addInitScript(script)
  const cdp = await device.context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  await page.goto(server.origin + '/wallet')
  return { page, verifies: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }) }
}

/** What a call in the page gives, or the code of its fault. */
const run = (page, f, given) => page.evaluate(`(${f})(${JSON.stringify(given)}).catch((e) => ({ fault: e.code ?? String(e), status: e.status }))`)

const sensitive = { documents: [{ document: 'can_cuoc', claims: ['name', 'personal_administrative_number'] }] }

test('the wallet page in a browser, from the activation code to a shared paper', { skip }, async (t) => {
  const device = await profile(browser, server)
  const { page, verifies } = await open(device)

  await t.test('may use passkeys and the camera, and not much else', async () => {
    assert.ok(await page.locator('h1').innerText())
    const allowed = await page.evaluate(() => document.featurePolicy.allowedFeatures().filter((f) => /^(camera|microphone|geolocation|payment|usb|publickey|screen-wake-lock)/.test(f)).sort())
    assert.deepEqual(allowed, ['camera', 'publickey-credentials-create', 'publickey-credentials-get', 'screen-wake-lock'])
  })

  await t.test('signs in with a code, makes a passkey', async () => {
    const opened = await run(page, async (activation_code) => api.client.signIn({ body: { activation_code, device_name: 'Trình duyệt', mode: 'cookie' } }), server.code)
    assert.deepEqual([opened.mode, opened.token], ['cookie', undefined])
    const passkey = await run(page, async () => api.client.registerPasskey({ body: { credential: await api.createPasskey(await api.client.beginRegistration()) } }))
    assert.match(passkey.id, /^[a-z2-7]{26}$/)
    const again = await run(page, async () => api.createPasskey(await api.client.beginRegistration()))
    assert.equal(again.fault, 'passkey.here_already')
  })

  await t.test('goes on after a reload, and leaves nothing of the session in storage', async () => {
    await page.reload()
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))
    assert.equal(kept, '[{},{},""]')
    const shared = await run(page, async () => api.client.share({ body: { documents: [{ document: 'can_cuoc', preset: 'over18_shop' }] } }))
    assert.match(shared.text, /^VN[12]:/)
  })

  await t.test('confirms what needs a passkey, or is told why not', async () => {
    assert.deepEqual(await run(page, async (body) => api.client.share({ body }), sensitive), { fault: 'disclosure.step_up_required', status: 403 })
    await verifies(false)
    assert.equal((await run(page, async (body) => api.usePasskey(await api.client.beginShare({ body })), sensitive)).fault, 'passkey.cancelled')
    await verifies(true)
    const shared = await run(page, async (body) => api.client.share({ body: { ...body, confirmation: await api.usePasskey(await api.client.beginShare({ body })) } }), sensitive)
    assert.match(shared.text, /^VN[12]:/)
  })

  await t.test('hears what happens as it happens, until the session ends', async () => {
    await page.evaluate(async () => {
      globalThis.heard = []
      globalThis.states = []
      const { notices } = await api.client.listNotices()
      api.follow(notices[0].number, (n) => heard.push(n.kind), (state, fault) => states.push(fault ? `${state} ${fault.code}` : state))
    })
    await page.waitForFunction(() => states.at(-1) === 'open')
    await run(page, async () => api.client.newRecoveryCode())
    await page.waitForFunction(() => heard.includes('recovery.issued'))
    const read = await run(page, async () => api.client.readNotices({ body: { up_to: (await api.client.listNotices()).notices[0].number } }))
    assert.deepEqual(read, { unread: 0 })
    assert.equal(await run(page, async () => api.client.signOut()), undefined)
    await page.waitForFunction(() => states.at(-1) === 'ended session.missing', undefined, { timeout: 30_000 })
    assert.equal((await run(page, async () => api.client.listCredentials())).fault, 'session.missing')
  })

  await t.test('signs in again with the passkey', async () => {
    const opened = await run(page, async () => api.client.signInPasskey({ body: { mode: 'cookie', credential: await api.usePasskey(await api.client.beginSignIn()) } }))
    assert.equal(opened.method, 'passkey')
    assert.equal((await run(page, async () => api.client.listPasskeys())).passkeys.length, 1)
  })

  await t.test('says that there is no network', async () => {
    await device.context.setOffline(true)
    assert.deepEqual(await run(page, async () => api.client.listCredentials()), { fault: 'network.offline', status: 0 })
    await device.context.setOffline(false)
  })
  // Chromium's lines for each refusal, and for a stream that the server has ended.
  device.faults.splice(0, device.faults.length, ...device.faults.filter((f) => !/status of 40[13]|ERR_INCOMPLETE_CHUNKED_ENCODING/.test(f)))
  await device.done()
})

test('the wallet opens without a network at the second visit, beside the checker', { skip }, async () => {
  const device = await profile(browser, server)
  const page = await device.context.newPage()
  for (const address of ['/verify', '/wallet']) {
    await page.goto(server.origin + address)
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.waitForFunction(() => navigator.serviceWorker.controller)
  }
  await device.context.setOffline(true)
  for (const address of ['/wallet', '/verify']) {
    await page.goto(server.origin + address)
    await page.waitForSelector('#app h1')
  }
  const caches = await page.evaluate(() => globalThis.caches.keys())
  assert.deepEqual(caches.map((name) => name.replace(/-[0-9a-f]{16}$/, '')).sort(), ['giayto-verify', 'giayto-wallet'])
  await device.done()
})
