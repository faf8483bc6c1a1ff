// What the wallet keeps on the device, in a real browser.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundled } from './bundled.mjs'
import { launch, skip } from './chromium.mjs'

const ORIGIN = 'http://localhost:9'
const SECRET = 'NGUYỄN THỊ VÍ DỤ'

/** Runs in the page: the database of the vault as a thief of its files sees it. */
function thief() {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const open = async () => {
    assertThere(await indexedDB.databases())
    return done(indexedDB.open('giayto-wallet'))
  }
  const assertThere = (all) => {
    if (!all.some(({ name }) => name === 'giayto-wallet')) throw new Error('no database')
  }
  const within = async (store, mode, work) => {
    const database = await open()
    try {
      return await work(database.transaction(store, mode).objectStore(store))
    } finally {
      database.close()
    }
  }
  globalThis.stored = {
    names: () => within('values', 'readonly', (s) => done(s.getAllKeys())),
    get: (name) => within('values', 'readonly', (s) => done(s.get(name))),
    put: (name, value) => within('values', 'readwrite', (s) => done(s.put(value, name))),
    key: () => within('keys', 'readonly', (s) => done(s.getAll())),
    databases: async () => (await indexedDB.databases()).map(({ name }) => name),
  }
}

describe('the vault', { skip }, () => {
  let browser, script
  before(async () => {
    const { outputFiles } = await build({
      stdin: { contents: "import { Vault } from './src/wallet/vault.ts'; globalThis.Vault = Vault", resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'ts' },
      bundle: true,
      format: 'iife',
      write: false,
    })
    script = outputFiles[0].text
    browser = await launch()
  })
  after(() => browser?.close())

  /** Runs f with a device: page opens a page of the wallet on it. */
  async function device(f, prepare = () => {}) {
    const context = await browser.newContext()
    try {
      await context.route(`${ORIGIN}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Ví</title>' }))
      await context.addInitScript(prepare)
      await context.addInitScript(script)
      await context.addInitScript(thief)
      await f({
        page: async () => {
          const page = await context.newPage()
          await page.goto(`${ORIGIN}/wallet`)
          await page.evaluate(async () => void (globalThis.vault = await globalThis.Vault.open()))
          return page
        },
      })
    } finally {
      await context.close()
    }
  }

  const set = (page, name, value) => page.evaluate(([n, v]) => globalThis.vault.set(n, v), [name, value])
  const get = (page, name) => page.evaluate((n) => globalThis.vault.get(n), name)
  const lasting = (page) => page.evaluate(() => globalThis.vault.lasting())

  it('keeps values, encrypted under a key that no script can read', () =>
    device(async ({ page }) => {
      const first = await page()
      assert.equal(await get(first, 'papers'), undefined)
      await set(first, 'papers', { name: SECRET, on: [1, null, true] })
      await set(first, 'empty', null)
      assert.ok(await lasting(first))
      await first.close()
      const second = await page()
      assert.deepEqual(await get(second, 'papers'), { name: SECRET, on: [1, null, true] })
      assert.equal(await get(second, 'empty'), null)
      const seen = await second.evaluate(async (secret) => {
        const { iv, data } = await globalThis.stored.get('papers')
        const [key, ...more] = await globalThis.stored.key()
        const holds = new TextDecoder('latin1').decode(data).includes(new TextDecoder('latin1').decode(new TextEncoder().encode(secret)))
        const exported = await Promise.all(['raw', 'jwk'].map((form) => crypto.subtle.exportKey(form, key).then(() => 'let out', (e) => e.name)))
        return { holds, iv: iv.length, bytes: data.byteLength, more: more.length, extractable: key.extractable, algorithm: key.algorithm, exported }
      }, SECRET)
      const length = Buffer.byteLength(JSON.stringify({ name: SECRET, on: [1, null, true] })) + 16
      assert.deepEqual(seen, { holds: false, iv: 12, bytes: length, more: 0, extractable: false, algorithm: { name: 'AES-GCM', length: 256 }, exported: ['InvalidAccessError', 'InvalidAccessError'] })
    }))

  it('never uses a nonce twice', () =>
    device(async ({ page }) => {
      const p = await page()
      const nonces = await p.evaluate(async () => {
        const all = []
        for (let i = 0; i < 50; i++) {
          await globalThis.vault.set('same', 'value')
          all.push(String((await globalThis.stored.get('same')).iv))
        }
        return all
      })
      assert.equal(new Set(nonces).size, 50)
    }))

  it('takes nothing that was changed, moved, or put there by somebody else', () =>
    device(async ({ page }) => {
      const p = await page()
      const damages = {
        'another byte': async (s) => (new Uint8Array(s.data)[3] ^= 1, s),
        'another nonce': async (s) => (s.iv[0] ^= 1, s),
        'cut short': async (s) => ({ ...s, data: s.data.slice(0, -1) }),
        'nothing': async (s) => ({ ...s, data: new ArrayBuffer(0) }),
        'a short nonce': async (s) => ({ ...s, iv: s.iv.slice(0, 8) }),
        'the place of another': async () => globalThis.stored.get('other'),
        'in the clear': async () => '{"forged":true}',
        'null': async () => null,
        'another key': async (s) => {
          const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
          const additionalData = new TextEncoder().encode('papers')
          return { iv: s.iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: s.iv, additionalData }, key, new TextEncoder().encode('"forged"')) }
        },
      }
      await set(p, 'other', 'of another name')
      for (const [name, damage] of Object.entries(damages)) {
        await set(p, 'papers', 'good')
        await p.evaluate(`(async () => globalThis.stored.put('papers', await (${damage})(await globalThis.stored.get('papers'))))()`)
        assert.equal(await get(p, 'papers'), undefined, name)
        assert.deepEqual(await p.evaluate(() => globalThis.stored.names()), ['other'], name)
        assert.ok(await lasting(p), name)
      }
      assert.equal(await get(p, 'other'), 'of another name')
    }))

  it('deletes one value, or everything with the key', () =>
    device(async ({ page }) => {
      const [p, other] = [await page(), await page()]
      await set(p, 'a', 1)
      await set(p, 'b', 2)
      await set(p, 'a', undefined)
      assert.equal(await get(p, 'a'), undefined)
      assert.deepEqual(await p.evaluate(() => globalThis.stored.names()), ['b'])
      assert.equal(await get(other, 'b'), 2)
      const former = await p.evaluate(async () => (globalThis.former = await globalThis.stored.get('b'), await globalThis.vault.clear()))
      assert.equal(former, true, 'although another page has it open')
      assert.deepEqual(await p.evaluate(() => globalThis.stored.databases()), [])
      for (const each of [p, other]) assert.equal(await get(each, 'b'), undefined)
      // A copy of the file from before is worth nothing.
      await set(other, 'c', 3)
      await p.evaluate(() => globalThis.stored.put('b', globalThis.former))
      assert.equal(await get(p, 'b'), undefined)
      assert.equal(await get(p, 'c'), 3)
    }))

  it('has one key, however many pages begin at once', () =>
    device(async ({ page }) => {
      const pages = await Promise.all([page(), page(), page()])
      await Promise.all(pages.map((p, i) => set(p, `of ${i}`, i)))
      for (const p of pages) for (let i = 0; i < pages.length; i++) assert.equal(await get(p, `of ${i}`), i)
      assert.equal(await pages[0].evaluate(async () => (await globalThis.stored.key()).length), 1)
    }))

  it('goes on in memory where nothing is kept, and says so', () =>
    device(
      async ({ page }) => {
        const p = await page()
        await set(p, 'papers', { name: SECRET })
        assert.deepEqual(await get(p, 'papers'), { name: SECRET })
        assert.equal(await lasting(p), false)
        await set(p, 'papers', undefined)
        assert.equal(await get(p, 'papers'), undefined)
        await set(p, 'papers', 1)
        assert.equal(await p.evaluate(() => globalThis.vault.clear()), true)
        assert.equal(await get(p, 'papers'), undefined)
        await set(p, 'papers', 2)
        const next = await page()
        assert.equal(await get(next, 'papers'), undefined)
      },
      () => delete globalThis.indexedDB,
    ))

  it('goes on in memory where the disk is full', () =>
    device(
      async ({ page }) => {
        const p = await page()
        await set(p, 'papers', 'first')
        assert.equal(await lasting(p), true)
        await p.evaluate(() => {
          IDBObjectStore.prototype.put = () => {
            throw new DOMException('full', 'QuotaExceededError')
          }
        })
        await set(p, 'papers', 'second')
        assert.equal(await get(p, 'papers'), 'second')
        assert.equal(await lasting(p), false)
      },
    ))
})

it('the vault works without any database at all', async () => {
  const { Vault } = await bundled("export * from './src/wallet/vault.ts'")
  const vault = await Vault.open()
  await vault.set('a', { b: 1 })
  assert.deepEqual(await vault.get('a'), { b: 1 })
  assert.equal(vault.lasting(), false)
})
