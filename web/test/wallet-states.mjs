// Every state of the wallet, for tests of how it looks and for pictures of it.
import { launch } from './chromium.mjs'
import { activation, folder, LONG_NAME, serve } from './server.mjs'
import { agency, phone } from './walletpage.mjs'

/** The personal number of the demo citizen whose code the server prints. */
const DEMO = '079305000001'

/** A server that answers, but not before it is told to. */
async function slow(page, path, during) {
  let release
  const held = new Promise((done) => (release = done))
  const answered = []
  await page.route(path, (route) => {
    answered.push(held.then(() => route.continue()))
    return answered.at(-1)
  })
  await during()
  release()
  await Promise.all(answered)
  await page.unroute(path)
}

/** A server that answers with a fault of its own. */
async function failing(page, path, during) {
  await page.route(path, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"type":"about:blank","title":"x","status":503,"code":"service.unavailable","detail":"","titles":{"vi":"Máy chủ đang bận.","en":"The server is busy."},"request_id":"0"}' }))
  await during()
  await page.unroute(path)
}

/**
 * Brings the wallet into each state and calls look(name, page) there. look may change
 * the size and the colours; it leaves the state as it is. language is that of the page.
 */
export async function visitWallet(look, { language = 'vi' } = {}) {
  const data = folder()
  let server = await serve({ data })
  const browser = await launch({ hosts: ['localhost'] })
  try {
    const holder = await phone(browser, server)
    const { page, on, press, visit, touch } = holder
    const see = (name) => look(`wallet-${name}`, page)
    await page.goto(holder.origin + '/wallet')
    await on('start')
    if (language === 'en') await press('language')
    await see('01-start')
    await press('begin')
    await holder.trouble()
    await see('01-start-nothing-typed')
    await page.locator('#activation').fill('7K3M-9XQ2-PD4W-ZR8T')
    await press('begin')
    await page.locator('[data-trouble]').filter({ hasText: 'activation.unknown' }).waitFor()
    await see('01-start-wrong-code')
    await press('scan')
    await page.locator('[data-scan="absent"]').waitFor()
    await see('02-scan-no-camera')
    await press('back')
    await press('lost')
    await on('lost')
    await see('02-lost')
    await press('back')
    await page.locator('#activation').fill(await activation(server, LONG_NAME))
    await press('begin')
    await on('passkey')
    await see('03-passkey')
    await press('create-passkey')
    await on('recovery')
    const shown = page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ })
    await shown.waitFor()
    await see('04-recovery')
    await page.locator('#recovery-end').fill((await shown.innerText()).slice(-4))
    await press('recovery-done')
    await on('papers')
    await page.locator('[data-paper="gplx"]').waitFor()
    await see('05-papers')
    await page.locator('[data-paper="can_cuoc"]').click()
    await on('paper')
    await page.locator('[data-claim="name"]').waitFor()
    await see('06-paper-masked')
    await touch(false)
    await press('reveal')
    await holder.trouble()
    await see('06-paper-refused')
    await touch(true)
    await press('reveal')
    await page.locator('[data-claim="personal_administrative_number"] dd').filter({ hasText: /\d{12}/ }).waitFor()
    await see('06-paper-revealed')
    await press('back')

    await press('share')
    await on('share')
    await see('07-share')
    await press('own')
    await on('pick')
    await page.locator('[data-fields]').first().waitFor()
    await see('08-pick-folded')
    await holder.check('can_cuoc/name')
    await see('08-pick-one')
    for (const id of ['can_cuoc/address.formatted', 'can_cuoc/place_of_origin', 'can_cuoc/issuing_authority', 'can_cuoc/identifying_features']) await holder.check(id).catch(() => {})
    await see('08-pick-heavy')
    await press('back')
    await page.locator('[data-preset="hotel_check_in"]').click()
    await on('pick')
    await page.locator('[data-action="required"]').waitFor()
    await see('08-pick-hotel')
    await press('required')
    await see('08-pick-hotel-chosen')
    await touch(false)
    await press('make')
    await holder.trouble()
    await see('08-pick-refused')
    await touch(true)
    await press('make')
    await on('code')
    await page.locator('[data-code] svg').waitFor()
    await see('09-code-hotel')
    await press('stop')
    await holder.choose('can_cuoc/age_equal_or_over.18')
    await page.locator('#audience').fill('Cửa hàng VÍ DỤ')
    await press('make')
    await on('code')
    await page.locator('[data-code] svg').waitFor()
    await see('09-code')
    await page.evaluate(() => {
      const real = Date.now
      globalThis.real = real
      Date.now = () => real() + 70_000
    })
    await page.locator('.qr.ended').waitFor()
    await see('09-code-ended')
    await page.evaluate(() => (Date.now = globalThis.real))
    await press('stop')
    await press('share')
    await page.locator('[data-preset="traffic_stop"]').click()
    await page.locator('[data-action="required"]').waitFor()
    await press('required')
    await see('08-pick-two-papers')
    await press('make')
    await on('code')
    await page.locator('[data-code] svg').waitFor()
    await see('09-code-two-papers')
    const licence = await page.evaluate(async () => {
      const { credentials } = await (await fetch('/v1/citizen/credentials')).json()
      const { claims } = await (await fetch('/v1/citizen/credentials/' + credentials.find((c) => c.document === 'gplx').id)).json()
      return { document_number: claims.find((c) => c.id === 'document_number').value }
    })
    await agency(server, 'csgt', 'withhold', 'gplx', licence, { reason: 'seized' })
    await page.locator('.qr.ended').waitFor()
    await see('09-code-withheld')
    await press('stop')
    await page.locator('[data-paper="gplx"][data-state="withheld"]').waitFor()
    await see('05-papers-withheld')
    await page.locator('[data-paper="gplx"]').click()
    await page.locator('[data-claim="name"]').waitFor()
    await see('06-paper-withheld')
    await press('back')
    await press('share')
    await page.locator('[data-preset="traffic_stop"]').click()
    await holder.trouble()
    await see('07-share-lacking')
    await press('back')

    await visit('history')
    await page.locator('[data-entry]').first().waitFor()
    await see('10-history')
    await press('report')
    await page.locator('.report').waitFor()
    await see('10-history-report')
    await page.locator('.report input[value="not_me"]').check()
    await press('report-send')
    await page.locator('[data-reported]:visible').waitFor()
    await see('10-history-reported')
    await page.emulateMedia({ media: 'print' })
    await see('10-history-print')
    await page.emulateMedia({ media: null })
    await visit('inbox')
    await page.locator('[data-notice]').first().waitFor()
    await see('11-inbox')
    await visit('safety')
    await page.locator('[data-passkey]').first().waitFor()
    await see('12-safety')
    // A second device of the citizen, which this one freezes.
    const second = await phone(browser, server)
    await second.firstRun(await activation(server, LONG_NAME))
    await visit('papers')
    await visit('safety')
    await page.locator('[data-device="other"]').first().waitFor()
    await press('lose')
    await page.locator('[data-action="lose-yes"]').waitFor()
    await see('12-safety-lost')
    await press('no')
    await press('freeze')
    await page.locator('[data-action="unfreeze"]').waitFor()
    await see('12-safety-frozen')
    await second.on('start')
    if (language === 'en') await second.press('language')
    await look('wallet-13-closed-frozen', second.page)
    await second.done()

    // What is slow, and what fails.
    await visit('papers')
    for (const [place, path] of [['history', '**/v1/citizen/history*'], ['inbox', '**/v1/citizen/inbox?*'], ['safety', '**/v1/citizen/devices']]) {
      await slow(page, path, async () => {
        await visit(place)
        await see(`14-${place}-slow`)
      })
      await visit('papers')
      await failing(page, path, async () => {
        await visit(place)
        await page.getByText('service.unavailable').waitFor()
        await see(`14-${place}-failed`)
      })
      await visit('papers')
    }
    await server.stop()
    await page.reload()
    await page.locator('[data-paper]').first().waitFor()
    await page.locator('.note').filter({ hasText: /\S/ }).waitFor()
    await see('15-papers-offline')
    await holder.choose()
    await holder.check('can_cuoc/birthdate')
    await press('make')
    await holder.trouble()
    await see('15-pick-offline')
    await press('back')
    await press('back')
    for (const place of ['history', 'inbox', 'safety']) {
      await visit(place)
      await page.getByText('network.').first().waitFor()
      await see(`15-${place}-offline`)
    }
    server = await serve({ data, port: server.port })
    // That a server is busy was wanted here.
    holder.faults.splice(0, holder.faults.length, ...holder.faults.filter((f) => !/status of 503/.test(f)))
    await holder.done()
    await visitEmpty(look, browser, server, language)
    await visitEnding(look, browser, server, language)
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** A wallet in which nothing is yet. */
async function visitEmpty(look, browser, server, language) {
  const holder = await phone(browser, server)
  const { page, on, press, visit } = holder
  for (const [path, body] of [['**/v1/citizen/credentials', '{"credentials":[]}'], ['**/v1/citizen/inbox?*', '{"notices":[],"unread":0}']]) {
    await page.route(path, (route) => route.fulfill({ contentType: 'application/json', body }))
  }
  await page.goto(holder.origin + '/wallet')
  await on('start')
  if (language === 'en') await press('language')
  await page.locator('#activation').fill(await activation(server, DEMO))
  await press('begin')
  await on('passkey')
  await press('later')
  await on('recovery')
  const shown = page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ })
  await shown.waitFor()
  await page.locator('#recovery-end').fill((await shown.innerText()).slice(-4))
  await press('recovery-done')
  await on('papers')
  await page.locator('.note').filter({ hasText: /\S/ }).waitFor()
  await look('wallet-16-papers-none', page)
  await visit('history')
  await page.locator('.note').filter({ hasText: /\S/ }).waitFor()
  await look('wallet-16-history-none', page)
  await visit('inbox')
  await look('wallet-16-inbox-none', page)
  await holder.done()
}

/** Papers that end soon and that have ended: the page's clock goes ahead. */
async function visitEnding(look, browser, server, language) {
  const holder = await phone(browser, server)
  const { page, press } = holder
  await page.route('**/v1/citizen/credentials', async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    const day = (n) => new Date(Date.now() + n * 86400_000).toISOString().slice(0, 10)
    for (const paper of body.credentials) {
      if (paper.document === 'gplx') paper.valid_until = day(20)
      if (paper.document === 'bhyt') Object.assign(paper, { state: 'expired', valid_until: day(-3) })
      if (paper.document === 'dang_ky_xe') Object.assign(paper, { state: 'suspended', since: new Date().toISOString() })
    }
    await route.fulfill({ response: answer, json: body })
  })
  await holder.firstRun(await activation(server, DEMO))
  if (language === 'en') await press('language')
  await page.locator('[data-state="expired"]').waitFor()
  await look('wallet-05-papers-ending', page)
  await holder.done()
}

