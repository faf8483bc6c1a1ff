// The wallet as its holder uses it, by what its elements say of themselves.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A passkey is for a name, not for an address. */
export const originOf = (server) => `http://localhost:${server.port}`

/** What a browser says of a server that is not there, and of one that asks to sign
 * in: no fault of the page. */
const EXPECTED = /status of 401|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_NETWORK_CHANGED|ERR_INCOMPLETE_CHUNKED_ENCODING/

/**
 * A phone of a holder with an authenticator of its own, and the wallet open on it.
 * Options are those of a context of the browser. It collects what must never be:
 * errors, requests to anybody but the server, addresses with anything in them.
 */
export async function phone(browser, server, options = {}) {
  const origin = originOf(server)
  const context = await browser.newContext({ viewport: { width: 360, height: 760 }, deviceScaleFactor: 2, locale: 'vi-VN', reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(30_000)
  const faults = []
  const addresses = new Set()
  context.on('console', (m) => m.type() === 'error' && !EXPECTED.test(m.text()) && faults.push(m.text()))
  context.on('weberror', (e) => faults.push(e.error().stack))
  context.on('request', (r) => {
    addresses.add(r.url())
    if (new URL(r.url()).origin !== origin && !r.url().startsWith('blob:')) faults.push(r.url())
  })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  const p = {
    context,
    page,
    cdp,
    origin,
    faults,
    addresses,
    /** Whether the holder's finger is the right one from now on. */
    touch: (right) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: right }),
    /** Waits until a screen shows. */
    async on(name) {
      try {
        await page.locator(`html[data-screen="${name}"]`).waitFor({ state: 'attached' })
      } catch (cause) {
        const shown = await page.evaluate(() => `${document.documentElement.dataset.screen}: ${document.body.innerText}`)
        throw new Error(`${name} does not come, but ${shown}`, { cause })
      }
    },
    press: (action) => page.locator(`[data-action="${action}"]:visible`).first().click(),
    visit: (place) => page.locator(`[data-nav="${place}"]`).click(),
    /** What is said to have gone wrong. */
    async trouble() {
      const said = page.locator('[data-trouble]').filter({ hasText: /\S/ })
      await said.first().waitFor()
      return said.first().innerText()
    },
    /** Opens the page and signs in with a code for the first time, up to the papers. */
    async firstRun(code) {
      await page.goto(origin + '/wallet')
      await p.on('start')
      await page.locator('#activation').fill(code)
      await p.press('begin')
      await p.on('passkey')
      await p.press('create-passkey')
      await p.on('recovery')
      const shown = page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ })
      await shown.waitFor()
      const recovery = await shown.innerText()
      await page.locator('#recovery-end').fill(recovery.slice(-4))
      await p.press('recovery-done')
      await p.on('papers')
      await page.locator('[data-paper]').first().waitFor()
      return recovery
    },
    /** Chooses fields, such as can_cuoc/name, from the papers. */
    async choose(...claims) {
      await p.press('share')
      await p.on('share')
      await p.press('own')
      await p.on('pick')
      await page.locator('[data-fields]').first().waitFor()
      for (const id of claims) await p.check(id)
    },
    /** Chooses a field, and opens what it stands in. */
    async check(id) {
      const [document] = id.split('/')
      const input = page.locator(`input[data-claim="${id}"]`)
      await input.waitFor({ state: 'attached' })
      for (const summary of [`[data-fields="${document}"]:not([open]) > summary`, `[data-fields="${document}"] details:not([open]) > summary`]) {
        if (!(await input.isVisible()) && (await page.locator(summary).count())) await page.locator(summary).click()
      }
      await input.check()
    },
    /** Asserts that a screen keeps to WCAG 2.2 AA as far as a program can tell, and
     * is no wider than the page. */
    async accessible(name) {
      if (!(await page.evaluate(() => 'axe' in globalThis))) await cdp.send('Runtime.evaluate', { expression: axe })
      // What stays at the edge covers some of a long page: look at all of it at once.
      const before = page.viewportSize()
      await page.setViewportSize({ width: before.width, height: Math.max(before.height, await page.evaluate(() => document.documentElement.scrollHeight)) })
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`)
      await page.setViewportSize(before)
    },
    /** A picture of the screen around the code, as a camera before it sees it. */
    async screenshot() {
      const code = page.locator('[data-code] svg')
      await code.waitFor()
      const box = await page.locator('[data-code]').boundingBox()
      const { width } = page.viewportSize()
      const margin = (width - Math.min(width, box.height)) / 2
      return page.screenshot({ clip: { x: 0, y: Math.max(0, box.y - margin), width, height: box.height + 2 * margin } })
    },
    async done() {
      await context.close()
      assert.deepEqual(faults.filter((f) => !/navigator\.vibrate/.test(f)), [])
    },
  }
  return p
}

/** Asks the server as an agency or a holder does. */
export async function ask(server, method, path, token, body) {
  const response = await fetch(server.origin + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** Has the agency that issued a paper do something with it: suspend, restore,
 * withhold, revoke. record is what names the paper. */
export async function agency(server, name, action, document, record, body = {}) {
  const token = server.agencies[name]
  const { credentials } = await ask(server, 'POST', '/v1/agency/credentials/find', token, { document, record })
  assert.equal(credentials.length, 1)
  return ask(server, 'POST', `/v1/agency/credentials/${credentials[0].credential}/${action}`, token, body)
}
