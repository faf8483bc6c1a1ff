import { pageData } from '../shared/data.js'
import { h } from '../shared/dom.js'
import { t } from '../shared/lang.js'
import { openStore } from '../shared/store.js'
import { scriptURL } from '../shared/trusted.js'
import { register } from '../shared/updates.js'
import { App } from './app.js'
import type { Line } from './journal.js'
import { Keys } from './keys.js'
import { readSettings } from './settings.js'
import words from './words.js'

/** Chromium's offer to install a page; other browsers have a menu for it. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

async function main(root: HTMLElement): Promise<void> {
  if (!globalThis.crypto?.subtle) throw new Error('no WebCrypto')
  const now = () => Date.now()
  let app: App | undefined
  let install: (() => void) | undefined
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    install = () => void (event as InstallPrompt).prompt()
    if (app) app.install = install
    app?.refresh()
  })
  const store = await openStore<Line>('giayto-verify', () => void app?.storeChanged())
  const data = pageData()
  const keys = await Keys.open(store as never, data, now)
  const settings = await readSettings(store as never)
  const reader = { workerUrl: scriptURL(READER_WORKER_URL), wasmUrl: READER_WASM_URL }
  app = new App({ root, store, keys, settings, host: URL.canParse?.(data.origin) ? new URL(data.origin).host : location.host, build: BUILD_ID, reader, now })
  app.install = install
  app.offlineReady = Boolean(navigator.serviceWorker?.controller) // it has given this page
  await app.start()
  // Kept data is then not the first to go when the device runs full.
  if (matchMedia('(display-mode: standalone)').matches) void navigator.storage?.persist?.()
  app.updates = await register(() => app.updateIsReady())
  if (app.updates) {
    await navigator.serviceWorker.ready
    app.offlineReady = true
    if (app.updateWaits) app.updateIsReady() // told before there was a way to act on it
    else app.refresh()
  }
}

const root = document.getElementById('app')!
main(root).catch(() => {
  document.documentElement.dataset['screen'] = 'unusable'
  root.replaceChildren(h('div', { class: 'view' }, h('h1', {}, t(words.title)), h('p', { class: 'error', role: 'alert' }, t(words.damaged))))
})
