import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, skip } from './browser.mjs'
import { read, repositoryFile, vectors } from './files.mjs'
import { serve } from './serve.mjs'

let browser, server
before(async () => {
  if (skip) return
  server = await serve({
    folders: { '/dist/': repositoryFile('verifier/js/dist/'), '/test/': repositoryFile('verifier/js/test/') },
    texts: { '/': '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">', '/vectors.json': read('testdata/vectors/presentations.json') },
  })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

async function open() {
  const page = await browser.newPage()
  const failures = []
  page.on('pageerror', (e) => failures.push(String(e)))
  page.on('requestfailed', (r) => failures.push(r.url()))
  await page.goto(server.origin + '/')
  return { page, failures }
}

test('every vector in a page', { skip }, async () => {
  const { page, failures } = await open()
  const answer = await page.evaluate(async () => {
    const [sdk, { playAll }, file] = await Promise.all([import('/dist/index.js'), import('/test/fixture.mjs'), fetch('/vectors.json')])
    return playAll(sdk, (await file.json()).vectors)
  })
  assert.deepEqual(answer, { played: vectors.length, wrong: [] })
  assert.deepEqual(failures, [])
})

test('every vector in a worker', { skip }, async () => {
  const { page, failures } = await open()
  const answer = await page.evaluate(
    () =>
      new Promise((done, fail) => {
        const worker = new Worker('/test/worker.mjs', { type: 'module' })
        worker.onmessage = (e) => done(e.data)
        worker.onerror = (e) => fail(new Error(e.message))
      }),
  )
  assert.deepEqual(answer, { played: vectors.length, wrong: [] })
  assert.deepEqual(failures, [])
})

test('once loaded, nothing is asked of any network', { skip }, async () => {
  const { page } = await open()
  await page.evaluate(async () => {
    globalThis.sdk = await import('/dist/index.js')
  })
  const asked = []
  await page.route('**', (route) => (asked.push(route.request().url()), route.abort()))
  const good = vectors.find((v) => v.want.verdict === 'established' && !Object.keys(v.policy).length)
  const answer = await page.evaluate(async (v) => {
    const verifier = globalThis.sdk.createVerifier({ rootKeys: v.root, trustList: v.trust_list })
    return (await verifier.verify(v.text, { now: new Date(v.now) })).verdict
  }, good)
  assert.equal(answer, 'established')
  assert.deepEqual(asked, [])
})
