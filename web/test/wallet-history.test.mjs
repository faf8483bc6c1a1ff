// The history as its holder uses it: found, reported, printed, taken away and checked.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { launch } from './chromium.mjs'
import { folder, serve, skip } from './server.mjs'
import { ask, phone } from './walletpage.mjs'

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

test('history', { skip }, async (t) => {
  const holder = await phone(browser, server)
  const { page, on, press, visit } = holder
  await holder.firstRun(server.code)
  await visit('history')
  await page.getByText('Chưa có gì được chia sẻ').waitFor()
  // One of the licence, and behind it more of the card than a page of the server has.
  const made = await page.evaluate(async () => {
    const { csrf_token } = await (await fetch('/v1/citizen/sessions/current')).json()
    const share = (document, claims) =>
      fetch('/v1/citizen/presentations', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token },
        body: JSON.stringify({ documents: [{ document, claims }], audience: 'Khách sạn VÍ DỤ' }),
      })
    const first = (await share('gplx', ['name'])).status
    let n = 0
    while (n < 55) if ((await share('can_cuoc', ['birthdate'])).status === 201) n++
    return { first, n }
  })
  assert.equal(made.first, 201)
  await visit('papers')
  await visit('history')
  await page.locator('[data-entry]').nth(29).waitFor()
  assert.equal(await page.locator('[data-entry]').count(), 30)
  await holder.accessible('history')

  await t.test('a filter finds what lies pages behind', async () => {
    await page.locator('[data-filter]').selectOption('gplx')
    await page.locator('[data-entry="shared"]').first().waitFor()
    await page.waitForFunction(() => document.querySelectorAll('[data-entry]').length === 1)
    assert.match(await page.locator('[data-entry]').innerText(), /họ và tên/)
    await page.locator('[data-filter]').selectOption('bhyt')
    await page.getByText('Không có mục nào của giấy tờ này').waitFor()
    await page.locator('[data-filter]').selectOption('')
    await page.locator('[data-entry]').nth(29).waitFor()
    await press('more')
    await page.locator('[data-entry]').nth(made.n).waitFor()
    assert.equal(await page.locator('[data-action="more"]:visible').count(), 0)
  })

  await t.test('a report reaches the agency, and leads on', async () => {
    await page.locator('[data-filter]').selectOption('gplx')
    await page.waitForFunction(() => document.querySelectorAll('[data-entry]').length === 1)
    await press('report')
    await press('report-send')
    assert.match(await page.locator('.report [data-trouble]').innerText(), /chọn/)
    await holder.accessible('report')
    await page.locator('.report input[value="not_me"]').check()
    await page.locator('.report textarea').fill('Không phải tôi.')
    await press('report-send')
    const reported = page.locator('[data-reported]:visible')
    await reported.filter({ hasText: 'không phải bạn chia sẻ' }).waitFor()
    assert.equal(await page.locator('[data-action="report"]').count(), 0)
    const { reports } = await ask(server, 'GET', '/v1/agency/reports', server.agencies.csgt)
    assert.deepEqual(reports.map(({ kind, note, documents }) => ({ kind, note, documents: documents.map((d) => d.document) })), [{ kind: 'not_me', note: 'Không phải tôi.', documents: ['gplx'] }])
    assert.doesNotMatch(JSON.stringify(reports), /Khách sạn/)
    assert.deepEqual((await ask(server, 'GET', '/v1/agency/reports', server.agencies.c06)).reports, [])
    await press('to-safety')
    await on('safety')
    await visit('history')
    await page.locator('[data-filter]').selectOption('gplx')
    await reported.filter({ hasText: 'không phải bạn chia sẻ' }).waitFor()
  })

  await t.test('on paper there are the entries, and nothing to press', async () => {
    await page.emulateMedia({ media: 'print' })
    assert.deepEqual(await page.locator('button:visible, select:visible, nav:visible').allInnerTexts(), [])
    assert.ok(await page.getByText('In từ ví Giayto').isVisible())
    assert.ok(await page.locator('[data-entry]').first().isVisible())
    await page.emulateMedia({ media: null })
  })

  await t.test('a signed file that a checker without a network accepts, and no other', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), press('save')])
    assert.equal(download.suggestedFilename(), 'giayto-history.json')
    const at = folder()
    const file = join(at, 'history.json')
    await download.saveAs(file)
    const list = join(at, 'list')
    const root = join(at, 'root.jwk')
    writeFileSync(list, await (await fetch(server.origin + '/v1/public/trust-list')).text())
    writeFileSync(root, JSON.stringify(server.root))
    const check = () => execFileSync(join(process.env.GIAYTO_BIN, 'giayto-verify'), ['--trust-list', list, '--root', root, '--json', '--history', file], { encoding: 'utf8' })
    const { verdict, history } = JSON.parse(check())
    assert.equal(verdict, 'established')
    assert.equal(history.count, made.n + 1)
    assert.equal(history.entries.at(-1).report.kind, 'not_me')
    assert.doesNotMatch(JSON.stringify(history), /\d{12}|Không phải tôi/)
    const signed = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...signed, payload: Buffer.from(Buffer.from(signed.payload, 'base64url').toString().replace('not_me', 'wrong')).toString('base64url') }))
    assert.throws(check, (e) => e.status === 1 && /bad_signature/.test(e.stdout))
  })
  await holder.done()
})
