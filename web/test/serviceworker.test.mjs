// The service worker and the page's side of it, in Chromium.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { launch, skip } from './chromium.mjs'
import { start } from './site.mjs'

describe('service worker', { skip }, () => {
  let browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  /** Runs f with a site, a fresh profile and a page that has been opened. */
  async function visit(f) {
    const site = await start('1111111111111111')
    const context = await browser.newContext()
    try {
      const page = await context.newPage()
      await f({ site, context, page, open: () => open(page, site) })
    } finally {
      await context.close()
      await site.stop()
    }
  }

  /** Goes to the page and waits for what it says of updates. */
  async function open(page, site) {
    await page.goto(`${site.origin}/verify`)
    return page.evaluate(async () => ((await globalThis.updates) ? 'registered' : 'alone'))
  }

  /** Waits until a worker controls the page. */
  const controlled = (page) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  /** Waits until the page was told of a newer build. */
  const told = (page) => page.waitForFunction(() => globalThis.waiting > 0)
  const build = (page) => page.evaluate(() => globalThis.build)
  const kept = (page) => page.evaluate(() => caches.keys())
  /** Looks for a newer build, as browsers do at a visit and updates.ts every hour. */
  const look = (page) => page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration('/verify')).update()))
  /** The title of the page that is kept. */
  const keptTitle = (page) =>
    page.evaluate(async () => {
      const answer = await caches.match('/verify')
      return /<title>(.*)<\/title>/.exec(await answer.text())[1]
    })

  it('keeps everything at the first visit, and needs no network at the second', () =>
    visit(async ({ site, context, page, open }) => {
      assert.equal(await open(), 'registered')
      await controlled(page)
      // It takes over the page that registered it: what that loads late is there.
      await context.setOffline(true)
      await site.stop()
      assert.equal(await page.evaluate(() => globalThis.late()), 'late 1111111111111111')
      for (let visits = 0; visits < 2; visits++) {
        await page.reload()
        assert.equal(await build(page), '1111111111111111')
        assert.equal(await page.evaluate(() => globalThis.late()), 'late 1111111111111111')
        assert.equal(await page.evaluate(() => globalThis.reader()), 'reader 1111111111111111')
        assert.equal(await page.evaluate(() => globalThis.waiting), 0)
      }
      // A link with a query leads to the same page.
      await page.goto(`${site.origin}/verify?from=home`)
      assert.equal(await build(page), '1111111111111111')
    }))

  it('keeps nothing of the interface', () =>
    visit(async ({ page, site, open }) => {
      await open()
      await controlled(page)
      const list = () => page.evaluate(() => fetch('/v1/public/trust-list').then((answer) => answer.text(), () => 'no network'))
      assert.equal(await list(), 'list one')
      site.data = 'two'
      assert.equal(await list(), 'list two')
      const addresses = await page.evaluate(async () => {
        const all = []
        for (const name of await caches.keys()) all.push(...(await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname))
        return all
      })
      assert.equal(addresses.length, 4)
      assert.ok(addresses.every((address) => !address.startsWith('/v1')), String(addresses))
      await site.stop()
      assert.equal(await list(), 'no network')
    }))

  it('answers from what is kept, and takes the page anew behind that', () =>
    visit(async ({ site, page, open }) => {
      await open()
      await controlled(page)
      site.data = 'two'
      await page.reload()
      assert.equal(await page.title(), 'one')
      await page.waitForFunction(async () => (await (await caches.match('/verify')).text()).includes('<title>two'))
      await page.reload()
      assert.equal(await page.title(), 'two')
    }))

  it('does not mix a page of another build in', () =>
    visit(async ({ site, page, open }) => {
      await open()
      await controlled(page)
      // The server has the newer build, but its installation fails.
      await site.deploy('2222222222222222')
      site.data = 'two'
      site.missing.add('/assets/late-2222222222222222.js')
      const asked = site.asked.length
      await page.reload()
      await look(page)
      await page.waitForFunction(async () => {
        const registration = await navigator.serviceWorker.getRegistration('/verify')
        return !registration.installing && !registration.waiting
      })
      assert.ok(site.asked.slice(asked).includes('/assets/late-2222222222222222.js'), 'no installation was tried')
      assert.deepEqual(await kept(page), ['giayto-verify-1111111111111111'])
      assert.equal(await keptTitle(page), 'one')
      await page.reload()
      assert.equal(await build(page), '1111111111111111')
      assert.equal(await page.evaluate(() => globalThis.waiting), 0)
    }))

  it('lets a newer build wait until the page says so, then loads it once', () =>
    visit(async ({ site, page, open }) => {
      await open()
      await controlled(page)
      await site.deploy('2222222222222222')
      await look(page)
      await told(page)
      // The page goes on with all it has not loaded yet, which the server has no more.
      assert.equal(await page.evaluate(() => globalThis.late()), 'late 1111111111111111')
      assert.equal(await page.evaluate(() => globalThis.reader()), 'reader 1111111111111111')
      // Loaded again it is still the former build, and says at once that there is a
      // newer one.
      await page.reload()
      await told(page)
      assert.equal(await build(page), '1111111111111111')
      let loads = 0
      page.on('load', () => loads++)
      await page.evaluate(async () => (await globalThis.updates).activate())
      await page.waitForFunction(() => globalThis.build === '2222222222222222')
      assert.equal(await page.evaluate(() => globalThis.late()), 'late 2222222222222222')
      await page.waitForFunction(async () => (await caches.keys()).length === 1)
      assert.deepEqual(await kept(page), ['giayto-verify-2222222222222222'])
      assert.equal(loads, 1)
      assert.equal(await page.evaluate(() => globalThis.waiting), 0)
      await site.stop()
      await page.reload()
      assert.equal(await build(page), '2222222222222222')
    }))

  it('takes the newer build when every window has been closed', () =>
    visit(async ({ site, context, page, open }) => {
      await open()
      await controlled(page)
      await site.deploy('2222222222222222')
      await look(page)
      await told(page)
      await page.close()
      const next = await context.newPage()
      await next.goto(`${site.origin}/verify`)
      if ((await build(next)) !== '2222222222222222') {
        // The browser had not ended the former worker when the visit began.
        await next.close()
        const again = await context.newPage()
        await again.goto(`${site.origin}/verify`)
        assert.equal(await build(again), '2222222222222222')
      }
    }))

  it('tells the other windows, and lets each load again in its own time', () =>
    visit(async ({ site, context, page, open: first }) => {
      await first()
      await controlled(page)
      const other = await context.newPage()
      await open(other, site)
      await site.deploy('2222222222222222')
      await look(page)
      await told(page)
      await told(other)
      const before = await other.evaluate(() => globalThis.waiting)
      await page.evaluate(async () => (await globalThis.updates).activate())
      await page.waitForFunction(() => globalThis.build === '2222222222222222')
      // Nobody has loaded the other one again: somebody may be scanning there.
      await other.waitForFunction((before) => globalThis.waiting > before, before)
      assert.equal(await build(other), '1111111111111111')
      await other.evaluate(async () => (await globalThis.updates).activate())
      await other.waitForFunction(() => globalThis.build === '2222222222222222')
    }))

  it('keeps nothing where something is missing, and tries again', () =>
    visit(async ({ site, page, open }) => {
      site.missing.add('/verify/reader-1111111111111111.js')
      assert.equal(await open(), 'registered')
      await page.waitForFunction(async () => {
        const registration = await navigator.serviceWorker.getRegistration('/verify')
        return !registration || (!registration.installing && !registration.waiting && !registration.active)
      })
      assert.deepEqual(await kept(page), [])
      assert.equal(await build(page), '1111111111111111')
      site.missing.clear()
      await open()
      await controlled(page)
      assert.deepEqual(await kept(page), ['giayto-verify-1111111111111111'])
    }))

  it('leaves the page working where there is no space', () =>
    visit(async ({ site, context, page, open }) => {
      const session = await context.newCDPSession(page)
      await session.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: 1 })
      await open()
      await page.waitForFunction(async () => {
        const registration = await navigator.serviceWorker.getRegistration('/verify')
        return !registration || (!registration.installing && !registration.waiting && !registration.active)
      })
      assert.deepEqual(await kept(page), [])
      await page.reload()
      assert.equal(await build(page), '1111111111111111')
      assert.equal(await page.evaluate(() => globalThis.late()), 'late 1111111111111111')
      assert.equal(await page.evaluate(() => globalThis.reader()), 'reader 1111111111111111')
    }))

  it('passes two addresses of scripts and no other', () =>
    visit(async ({ page, open }) => {
      await open()
      const refused = await page.evaluate(() => {
        try {
          new Worker('/verify/reader-1111111111111111.js')
        } catch (error) {
          return error.name
        }
      })
      assert.equal(refused, 'TypeError')
    }))
})
