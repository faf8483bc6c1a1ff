// The page as a checker uses it, by what its elements say of themselves.

const screen = (name) => `html[data-screen="${name}"]`

/** Waits until the page shows a screen. */
export async function on(page, name) {
  try {
    await page.locator(screen(name)).waitFor({ state: 'attached' })
  } catch (cause) {
    const shown = await page.evaluate(() => `${document.documentElement.dataset.screen}: ${document.body.innerText}`)
    throw new Error(`${name} does not come, but ${shown}`, { cause })
  }
}

export const press = (page, action) => page.locator(`[data-action="${action}"]:visible`).click()

/** Opens the page; with a preset, as somebody who has just chosen it. */
export async function open(context, server, { preset } = {}) {
  const page = await context.newPage()
  await page.goto(server.origin + '/verify')
  if (preset) {
    await on(page, 'purpose')
    await page.locator(`button[data-preset="${preset}"]`).click()
    await on(page, 'scan')
  }
  return page
}

/** Waits until the page can be opened without a network. */
export const installed = (page) =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    if (active.state !== 'activated') await new Promise((done) => active.addEventListener('statechange', done))
  })

/** Waits for a verdict and reads the screen. */
export async function verdict(page) {
  await on(page, 'result')
  const [said] = await page.locator('[data-verdict]').evaluateAll((all) => all.map((e) => ({ verdict: e.dataset.verdict, latency: Number(e.dataset.latency) })))
  const read = (attribute) =>
    page.locator(`[${attribute}]`).evaluateAll((all, name) => all.map((e) => [e.getAttribute(name), e.innerText.trim()]), attribute)
  const claims = await page.locator('[data-claim]').evaluateAll((rows) => rows.map((row) => [row.dataset.claim, (row.matches('dd') ? row : row.querySelector('dd')).innerText.trim()]))
  return {
    ...said,
    reason: (await read('data-reason'))[0]?.[0] ?? null,
    kind: (await read('data-kind'))[0]?.[0] ?? null,
    claims: Object.fromEntries(claims),
    text: await page.locator('main').innerText(),
  }
}

/** Pastes a text and reads the answer. */
export async function paste(page, text) {
  await press(page, 'paste')
  await on(page, 'paste')
  await page.locator('textarea').fill(text)
  await press(page, 'check')
  return verdict(page)
}

/** Gives the page a picture from the machine and reads the answer. */
export async function upload(page, picture) {
  await page.locator('input[type=file][accept^="image/"]').setInputFiles({ name: 'ma.png', mimeType: 'image/png', buffer: picture })
  return verdict(page)
}

/** Goes from a result back to the camera. */
export async function next(page) {
  await press(page, 'next')
  await on(page, 'scan')
}

/** Everything that the browser keeps for the page, as text: databases, storage,
 * caches. Binary values are written as Latin-1 and as UTF-8. */
export function kept(page) {
  return page.evaluate(async () => {
    const out = []
    const plain = (value) => {
      if (value instanceof ArrayBuffer) value = new Uint8Array(value)
      if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
        return [new TextDecoder('latin1').decode(bytes), new TextDecoder().decode(bytes)]
      }
      if (value instanceof Map) return [...value].map(([k, v]) => [plain(k), plain(v)])
      if (value instanceof Set) return [...value].map(plain)
      if (value instanceof Date) return value.toISOString()
      if (Array.isArray(value)) return value.map(plain)
      if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
      return value
    }
    const finished = (request) => new Promise((done, fail) => ((request.onsuccess = () => done(request.result)), (request.onerror = () => fail(request.error))))
    for (const { name } of await indexedDB.databases()) {
      const db = await finished(indexedDB.open(name))
      for (const store of db.objectStoreNames) {
        const objects = db.transaction(store).objectStore(store)
        const [keys, values] = await Promise.all([finished(objects.getAllKeys()), finished(objects.getAll())])
        keys.forEach((key, i) => out.push({ at: `database ${name} ${store}`, content: JSON.stringify([plain(key), plain(values[i])]) }))
      }
      db.close()
    }
    for (const [name, storage] of [['localStorage', localStorage], ['sessionStorage', sessionStorage]]) {
      for (const [key, value] of Object.entries(storage)) out.push({ at: name, content: JSON.stringify([key, value]) })
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) out.push({ at: `cache ${name} ${request.url}`, content: await (await cache.match(request)).text() })
    }
    out.push({ at: 'history', content: JSON.stringify([history.state, location.href, document.cookie, name]) })
    return out
  })
}
