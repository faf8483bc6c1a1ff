// The examples for Node and browsers, as they stand in the documents, on a
// presentation that internal/jstest has minted for this run.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { launch, skip as noBrowser } from './browser.mjs'
import { read, repositoryFile } from './files.mjs'
import { serve } from './serve.mjs'

const folder = process.env.GIAYTO_SAMPLE
const skip = !folder && 'go test ./internal/jstest makes the presentation'
const inPage = skip || noBrowser
const NAME = 'NGUYỄN THỊ VÍ DỤ'

const given = (file) => readFileSync(join(folder, file), 'utf8')
const block = (language) => read('docs/verify.md').match(new RegExp('```' + language + '\\n([^]*?)```'))[1]

test('Node', { skip }, () => {
  mkdirSync(join(folder, 'node_modules/@giayto'), { recursive: true })
  symlinkSync(fileURLToPath(repositoryFile('verifier/js')), join(folder, 'node_modules/@giayto/verifier'))
  writeFileSync(join(folder, 'check.mjs'), block('js'))
  const check = (text) => execFileSync(process.execPath, ['check.mjs', text], { cwd: folder, encoding: 'utf8' })
  const out = check(given('presentation.txt'))
  assert.match(out, /^established /)
  assert.ok(out.includes(NAME), out)
  assert.match(check(given('presentation.txt') + '0'), /^not_established /)
})

/** Opens a page of texts and folders, and does something with it. */
async function visit(content, act) {
  const server = await serve(content)
  const browser = await launch()
  try {
    const page = await browser.newPage()
    const failures = []
    page.on('pageerror', (e) => failures.push(String(e)))
    page.on('console', (m) => m.type() === 'error' && failures.push(m.text()))
    await act(page, server.origin)
    assert.deepEqual(failures, [])
  } finally {
    await browser.close()
    await server.close()
  }
}

test('browser', { skip: inPage }, async () => {
  const page = '<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,"></head><body>' + block('html')
  const content = { folders: { '/giayto/': repositoryFile('verifier/js/dist/'), '/': pathToFileURL(folder + '/') }, texts: { '/index.html': page } }
  await visit(content, async (tab, origin) => {
    const texts = [given('presentation.txt'), 'VN1:']
    tab.on('dialog', (d) => d.accept(texts.shift()))
    await tab.goto(origin + '/index.html')
    await tab.getByText(`established ${NAME}`).waitFor()
    await tab.reload()
    await tab.getByText('not_established malformed').waitFor()
  })
})

test('a page of your own', { skip: inPage }, async () => {
  const texts = { '/trust-list.jws': given('trust-list.jws'), '/root.jwk': given('root.jwk') }
  await visit({ folders: { '/': repositoryFile('examples/verify-in-your-page/') }, texts }, async (tab, origin) => {
    await tab.goto(origin + '/index.html')
    const check = async (text) => {
      await tab.getByLabel('Nội dung mã QR').fill(text)
      await tab.getByRole('button').click()
    }
    await check(given('presentation.txt'))
    await tab.getByText(`: ${NAME}`).waitFor()
    await check(given('presentation.txt'))
    await tab.getByText('✗ Không chấp nhận').waitFor() // shown before
    assert.equal(await tab.getByText(NAME).count(), 0)
  })
})
