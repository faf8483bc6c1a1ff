// From a camera to a verdict, without a network and without a server.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { camera } from './camera.mjs'
import { installed, next, open, verdict } from './checker.mjs'
import { launch, profile } from './chromium.mjs'
import { draw, forge } from './codes.mjs'
import { folder, serve, skip, wallet } from './server.mjs'

const CLAIMS = ['name', 'birthdate', 'sex', 'address.region']

let browser, phone
before(async () => {
  if (skip) return
  phone = camera()
  browser = await launch({ camera: phone.file })
})
after(() => browser?.close())

/** What the page must show of a paper: the text of the issuer. */
async function issued(holder, language) {
  const claims = await holder.claims('can_cuoc')
  return Object.fromEntries(CLAIMS.map((id) => [`can_cuoc/${id}`, claims[`can_cuoc/${id}`].text[language]]))
}

test('in airplane mode', { skip }, async (t) => {
  // One deployment, and what it minted six minutes ago.
  const data = folder()
  const before = await serve({ program: 'giayto-6-minutes-ago', data })
  const old = await (await wallet(before)).mint({ can_cuoc: CLAIMS })
  await before.stop()
  const server = await serve({ data })
  const holder = await wallet(server)
  const shared = await holder.mint({ can_cuoc: CLAIMS })
  const drawn = await holder.picture(shared)
  const wanted = await issued(holder, 'vi')
  const forged = await forge((await holder.mint({ can_cuoc: CLAIMS })).text, server)
  // Another deployment, which signs just as well.
  const stranger = await serve()
  const foreign = await (await wallet(stranger)).mint({ can_cuoc: CLAIMS })
  await stranger.stop()

  const checker = await profile(browser, server)
  phone.clear()
  const page = await open(checker.context, server, { preset: 'any' })
  await installed(page)
  await checker.context.setOffline(true)
  await server.stop()

  const scan = async (picture) => {
    phone.show(picture)
    await page.reload()
    return verdict(page)
  }
  await t.test('established', async () => {
    const got = await scan(drawn)
    assert.deepEqual({ verdict: got.verdict, reason: got.reason, claims: got.claims }, { verdict: 'established', reason: null, claims: wanted })
    assert.match(got.text, /Đúng/)
    await next(page)
    assert.match(await page.locator('[data-status]').innerText(), /không có mạng.*khóa cập nhật/s)
  })
  const refusals = [
    ['replayed', drawn],
    ['expired', await draw(old.text)],
    ['bad_signature', await draw(forged)],
    ['unknown_key', await draw(foreign.text)],
  ]
  for (const [reason, picture] of refusals) {
    await t.test(reason, async () => {
      const got = await scan(picture)
      assert.deepEqual({ verdict: got.verdict, reason: got.reason, claims: got.claims }, { verdict: 'not_established', reason, claims: {} })
      assert.match(got.text, /Không chấp nhận/)
      for (const value of Object.values(wanted)) assert.ok(!got.text.includes(value), `shows ${value}`)
    })
  }
  await checker.done()
})

test('with a list that is too old', { skip }, async () => {
  const data = folder()
  const before = await serve({ program: 'giayto-40-days-ago', data })
  const checker = await profile(browser, before)
  phone.clear()
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  await checker.context.setOffline(true)
  await before.stop()
  const server = await serve({ data })
  const holder = await wallet(server)
  const drawn = await holder.picture(await holder.mint({ can_cuoc: CLAIMS }))
  await server.stop()

  phone.show(drawn)
  await page.reload()
  const got = await verdict(page)
  assert.deepEqual({ verdict: got.verdict, reason: got.reason, claims: got.claims }, { verdict: 'unknown', reason: 'trust_list_too_old', claims: {} })
  assert.match(got.text, /Chưa thể kết luận/)
  await checker.done()
})

test('a second showing', { skip }, async () => {
  const server = await serve()
  const holder = await wallet(server)
  const checker = await profile(browser, server)
  phone.showInTurn([await holder.picture(await holder.mint({ can_cuoc: CLAIMS }))], 1.5)
  const page = await open(checker.context, server, { preset: 'any' })
  assert.equal((await verdict(page)).verdict, 'established')
  // Still before the camera, or taken away: no second verdict on one showing.
  await next(page)
  const again = await verdict(page)
  assert.deepEqual([again.verdict, again.reason], ['not_established', 'replayed'])
  await checker.done()
  await server.stop()
})
