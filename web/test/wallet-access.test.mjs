// The wallet without a pointer, with text of twice the size, on a narrow screen, with
// less motion, in another language, and without a network.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { installed } from './checker.mjs'
import { launch } from './chromium.mjs'
import { activation, folder, LONG_NAME, serve, skip } from './server.mjs'
import { phone } from './walletpage.mjs'

let browser, server
before(async () => {
  if (skip) return
  server = await serve()
  browser = await launch({ hosts: ['localhost'] })
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/** What has the focus: whether it can be seen to, and is in front of everything. */
const focused = (page) =>
  page.evaluate(() => {
    const e = document.activeElement
    if (!e || e === document.body) return null
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e)
    const marked = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none'
    const box = e.getBoundingClientRect()
    const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2
    const y = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2
    const top = document.elementFromPoint(x, y)
    return { html: e.outerHTML.slice(0, 120), marked, front: top !== null && (e.contains(top) || top.contains(e)), label: e.closest('label') !== null }
  })

/** Goes from control to control with the Tab key until one matches. */
async function tabTo(page, selector) {
  const passed = []
  for (let i = 0; i < 90; i++) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (!at) continue // between the end of the page and its beginning
    passed.push(at.html)
    assert.ok(at.marked, `no focus to be seen on ${at.html}`)
    assert.ok(at.front, `something lies over ${at.html}`)
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return
  }
  throw new Error(`${selector} is not reached by ${passed.join('\n')}`)
}

test('from the first run to a code with the keyboard alone', { skip }, async () => {
  const holder = await phone(browser, server)
  const { page, on } = holder
  const { keyboard } = page
  const heading = async (name) => {
    await on(name)
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', `the focus on ${name}`)
  }
  await page.goto(holder.origin + '/wallet')
  await heading('start')
  await tabTo(page, '#activation')
  await keyboard.type(server.code)
  await tabTo(page, '[data-action="begin"]')
  await keyboard.press('Enter')
  await heading('passkey')
  await tabTo(page, '[data-action="create-passkey"]')
  await keyboard.press('Space')
  await heading('recovery')
  const shown = page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ })
  const code = await shown.innerText()
  await tabTo(page, '#recovery-end')
  await keyboard.type(code.slice(-4))
  await tabTo(page, '[data-action="recovery-done"]')
  await keyboard.press('Enter')
  await heading('papers')
  await page.locator('[data-paper]').first().waitFor()
  await tabTo(page, '[data-paper="can_cuoc"]')
  await keyboard.press('Enter')
  await heading('paper')
  await keyboard.press('Escape')
  await heading('papers')
  await tabTo(page, '[data-action="share"]')
  await keyboard.press('Enter')
  await heading('share')
  await tabTo(page, '[data-action="own"]')
  await keyboard.press('Enter')
  await heading('pick')
  await page.locator('[data-fields]').first().waitFor()
  await tabTo(page, '[data-fields="can_cuoc"] > summary')
  await keyboard.press('Enter')
  await tabTo(page, 'input[data-claim="can_cuoc/birthdate"]')
  await keyboard.press('Space')
  assert.equal(await page.locator('input[data-claim]:checked').count(), 1)
  await tabTo(page, '[data-action="make"]')
  await keyboard.press('Enter')
  await heading('code')
  await page.locator('[data-code] svg').waitFor()
  await tabTo(page, '[data-action="stop"]')
  await keyboard.press('Enter')
  await heading('papers')
  for (const place of ['history', 'inbox', 'safety']) {
    await tabTo(page, `[data-nav="${place}"]`)
    await keyboard.press('Enter')
    await heading(place)
  }
  await page.locator('[data-passkey]').waitFor()
  await tabTo(page, '[data-action="sign-out"]')
  await keyboard.press('Enter')
  await heading('start')
  await holder.done()
})

/** Every screen of the wallet of somebody with a long name, one after the other. */
async function tour(holder, look) {
  const { page, on, press, visit } = holder
  await page.goto(holder.origin + '/wallet')
  await on('start')
  await look('start')
  await press('lost')
  await on('lost')
  await look('lost')
  await press('back')
  await on('start')
  await page.locator('#activation').fill('7K3M-9XQ2-PD4W-ZR8T')
  await press('begin')
  await holder.trouble()
  await look('start with trouble')
  await page.locator('#activation').fill(await activation(server, LONG_NAME))
  await press('begin')
  await on('passkey')
  await look('passkey')
  await press('create-passkey')
  await on('recovery')
  const shown = page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ })
  await shown.waitFor()
  await look('recovery')
  await page.locator('#recovery-end').fill((await shown.innerText()).slice(-4))
  await press('recovery-done')
  await on('papers')
  await page.locator('[data-paper]').first().waitFor()
  await look('papers')
  await page.locator('[data-paper="can_cuoc"]').click()
  await on('paper')
  await page.locator('[data-claim="name"]').waitFor()
  await press('reveal')
  await page.locator('[data-claim="personal_administrative_number"] dd').filter({ hasText: /\d{12}/ }).waitFor()
  await page.waitForFunction(() => document.querySelector('[data-claim="picture"] img')?.naturalWidth > 0)
  await look('paper')
  await press('back')
  await press('share')
  await on('share')
  await look('share')
  await press('own')
  await on('pick')
  await page.locator('[data-fields]').first().waitFor()
  await holder.check('can_cuoc/name')
  await holder.check('can_cuoc/birthdate')
  await look('pick')
  await press('make')
  await on('code')
  await page.locator('[data-code] svg').waitFor()
  await look('code')
  await press('stop')
  await visit('history')
  await page.locator('[data-entry]').first().waitFor()
  await look('history')
  await visit('inbox')
  await page.locator('[data-notice]').first().waitFor()
  await look('inbox')
  await visit('safety')
  await page.locator('[data-passkey]').first().waitFor()
  await look('safety')
}

/** What is cut off: text that reaches beyond what it stands in. */
const clipped = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, h1, h2, h3, b, small, p, dd, dt, label, span, output')]
      .filter((e) => {
        if (!e.checkVisibility() || !e.textContent.trim()) return false
        const range = document.createRange()
        range.selectNodeContents(e)
        const [text, box] = [range.getBoundingClientRect(), e.getBoundingClientRect()]
        return text.width > 0 && (text.left < box.left - 1 || text.right > box.right + 1 || text.top < box.top - 4 || text.bottom > box.bottom + 4)
      })
      .map((e) => e.outerHTML.slice(0, 120)),
  )

/** Asserts that everything fits across, that each control can be brought before
 * what stays at the edges, and that these leave room. */
async function fits(page, name) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`)
  assert.deepEqual(await clipped(page), [], name)
  const hidden = await page.evaluate(async () => {
    // What was drawn a moment ago is measured in the next frame.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const bad = []
    for (const e of document.querySelectorAll('button, input, select, textarea, a')) {
      if (!e.checkVisibility() || e.disabled) continue
      e.focus()
      const seen = (e.closest('label') ?? e).getBoundingClientRect()
      const own = e.getBoundingClientRect()
      const x = (Math.max(0, own.left) + Math.min(innerWidth, own.right)) / 2
      const y = (Math.max(0, own.top) + Math.min(innerHeight, own.bottom)) / 2
      const top = document.elementFromPoint(x, y)
      const outside = own.left < -1 || own.right > innerWidth + 1 || seen.bottom < 0 || seen.top > innerHeight
      if (outside || !top || !(e.contains(top) || top.contains(e))) bad.push(`${e.outerHTML.slice(0, 100)} at ${[own.left, own.top, own.right, own.bottom].map(Math.round)}, over it ${top?.outerHTML.slice(0, 80)}`)
    }
    scrollTo(0, 0)
    return bad
  })
  assert.deepEqual(hidden, [], `${name}: what has the focus cannot be seen`)
}

/** Reads the code from a picture of the screen as it stands. */
function scanned(picture) {
  const file = join(folder(), 'screen.png')
  writeFileSync(file, picture)
  return execFileSync('zbarimg', ['-q', '--raw', file], { encoding: 'utf8' }).trim()
}

for (const [what, width, size] of [['text of twice the size', 360, 32], ['a screen of 320 px', 320, 16]]) {
  test(what, { skip }, async () => {
    const holder = await phone(browser, server, { viewport: { width, height: 740 } })
    const { page } = holder
    await holder.cdp.send('Page.enable')
    await holder.cdp.send('Page.setFontSizes', { fontSizes: { standard: size, fixed: size } })
    await tour(holder, async (name) => {
      await fits(page, name)
      if (name === 'start') assert.equal(await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize)), size)
      if (name !== 'code') return
      await page.locator('[data-code]').scrollIntoViewIfNeeded()
      assert.match(scanned(await page.screenshot()), /\S{40}/)
    })
    await holder.done()
  })
}

test('another language loses nothing that was begun', { skip }, async () => {
  const holder = await phone(browser, server)
  const { page, on, press } = holder
  let drawn = 0
  let minted = 0
  page.on('request', (r) => {
    if (r.method() !== 'POST') return
    if (r.url().endsWith('/recovery-code')) drawn++
    if (r.url().endsWith('/presentations')) minted++
  })
  await page.goto(holder.origin + '/wallet')
  await page.locator('#activation').fill(await activation(server, LONG_NAME))
  await press('begin')
  await press('create-passkey')
  await on('recovery')
  const shown = page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ })
  const code = await shown.innerText()
  await press('language')
  assert.equal(await shown.innerText(), code)
  assert.equal(drawn, 1)
  await page.locator('#recovery-end').fill(code.slice(-4))
  await press('recovery-done')
  await on('papers')
  await holder.choose('can_cuoc/name', 'can_cuoc/birthdate')
  await page.locator('#audience').fill('Nhà nghỉ VÍ DỤ')
  await press('language')
  assert.equal(await page.locator('input[data-claim]:checked').count(), 2)
  assert.equal(await page.locator('#audience').inputValue(), 'Nhà nghỉ VÍ DỤ')
  assert.match(await page.locator('[data-sees]').innerText(), /họ và tên/)
  const told = Number(await page.locator('[data-ease]').getAttribute('data-ease'))
  await press('make')
  await on('code')
  await page.locator('[data-code] svg').waitFor()
  // A symbol of version v has 17 + 4 v modules a side, and a quiet zone of 4 on both.
  const side = await page.locator('[data-code] svg').evaluate((svg) => svg.viewBox.baseVal.width)
  const version = (side - 8 - 17) / 4
  assert.ok(Number.isInteger(version), `${side} modules a side`)
  assert.ok(Math.abs(told - version) <= 1, `told ${told}, and the code has version ${version}`)
  const text = scanned(await page.screenshot())
  await press('language')
  assert.equal(scanned(await page.screenshot()), text)
  assert.equal(minted, 1)
  // What was chosen does not come back by itself.
  await page.goBack()
  await on('papers')
  await holder.choose()
  assert.equal(await page.locator('input[data-claim]:checked').count(), 0)
  // The back button leads where the bar leads, and out of the wallet at its front.
  await page.goBack()
  await on('share')
  await page.goBack()
  await on('papers')
  await holder.done()
})

test('a hidden page, a code that is renewed, and less motion', { skip }, async () => {
  const holder = await phone(browser, server)
  const { page, on, press } = holder
  await holder.firstRun(await activation(server, LONG_NAME))
  await holder.choose('can_cuoc/birthdate')
  await press('make')
  await on('code')
  const code = page.locator('[data-code] svg')
  await code.waitFor()
  const first = scanned(await page.screenshot())
  // The browser says so when somebody looks at another page.
  const show = (state) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  const opacity = () => page.evaluate(() => getComputedStyle(document.querySelector('.view')).opacity)
  await show('hidden')
  assert.equal(await code.count(), 0)
  assert.equal(await opacity(), '0')
  await show('visible')
  assert.equal(await opacity(), '1')
  await code.waitFor()
  assert.equal(scanned(await page.screenshot()), first)

  // Something of it moves that a picture of the screen lacks, also with less motion.
  const words = page.locator('[data-countdown]')
  const said = await words.innerText()
  assert.match(said, /\d+ giây/)
  await page.waitForFunction((said) => document.querySelector('[data-countdown]').textContent !== said, said)
  const running = () => page.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running').length)
  assert.equal(await running(), 0)
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  assert.ok((await running()) > 0)
  assert.doesNotMatch(await page.locator('body').innerText(), /✓|✔|hợp lệ/i)

  // Before its end another one takes its place, and none once it was stopped.
  const renewed = page.waitForResponse((r) => r.url().endsWith('/v1/citizen/presentations') && r.status() === 201)
  await page.evaluate(() => {
    const real = Date.now
    Date.now = () => real() + 53_000
  })
  await renewed
  await page.evaluate(() => {
    const real = Date.now
    Date.now = () => real() - 53_000
  })
  await page.waitForFunction(() => /Đổi mã sau \d+ giây/.test(document.querySelector('[data-countdown]').textContent))
  assert.notEqual(scanned(await page.screenshot()), first)
  let minted = 0
  page.on('request', (r) => r.url().endsWith('/v1/citizen/presentations') && minted++)
  await press('stop')
  await on('papers')
  await page.clock.install()
  await page.clock.fastForward(120_000)
  assert.equal(minted, 0)

  // Nothing of the holder is in an address or a title.
  for (const url of holder.addresses) assert.doesNotMatch(decodeURIComponent(url), /\d{9}|VÍ DỤ|birthdate/, url)
  assert.equal(await page.title(), 'Ví giấy tờ · Giayto')
  await holder.done()
})

test('without a network the papers are there, and say of when', { skip }, async () => {
  const holder = await phone(browser, server)
  const { page, on, press } = holder
  await holder.firstRun(await activation(server, LONG_NAME))
  await page.locator('[data-paper="can_cuoc"]').click()
  await page.locator('[data-claim="name"]').waitFor()
  await press('back')
  await installed(page)
  await page.reload()
  await page.locator('[data-paper]').first().waitFor()
  await holder.context.setOffline(true)
  await page.reload()
  await on('papers')
  await page.locator('[data-paper="can_cuoc"]').waitFor()
  await page.getByText(/Theo dữ liệu .*không có mạng/).waitFor()
  await page.locator('[data-paper="can_cuoc"]').click()
  await page.locator('[data-claim="name"]').waitFor()
  await press('back')
  await holder.choose('can_cuoc/birthdate')
  await press('make')
  assert.match(await holder.trouble(), /không có mạng/)
  assert.equal(await page.locator('html').getAttribute('data-screen'), 'pick')
  await press('back')
  await press('back')
  for (const place of ['history', 'inbox', 'safety']) {
    await holder.visit(place)
    await on(place)
    await page.getByText(/không có mạng/).first().waitFor()
  }
  await holder.context.setOffline(false)
  await holder.visit('papers')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.waitForFunction(() => !/không có mạng/.test(document.body.innerText))
  await holder.done()
})
