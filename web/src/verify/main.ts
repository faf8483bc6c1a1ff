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
  if (!globalThis.crypto?.subtle || typeof MessageChannel === 'undefined') {
    root.replaceChildren(h('p', { class: 'view error' }, t(words.damaged)))
    return
  }
  const now = () => Date.now()
  let app: App | undefined
  const store = await openStore<Line>('giayto-verify', () => app?.refresh())
  const keys = await Keys.open(store as never, pageData(), now)
  const settings = await readSettings(store as never)
  const reader = { workerUrl: scriptURL(READER_WORKER_URL), wasmUrl: READER_WASM_URL }
  app = new App({ root, store, keys, settings, host: location.host, build: BUILD_ID, reader, now })
  await app.start()

  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    app.install = () => void (event as InstallPrompt).prompt()
    app.refresh()
  })
  // Kept data is then not the first to go when the device runs full.
  if (matchMedia('(display-mode: standalone)').matches) void navigator.storage?.persist?.()
  app.updates = await register(() => app.updateIsReady())
  if (app.updates) {
    await navigator.serviceWorker.ready
    app.offlineReady = true
    app.refresh()
  }
}

void main(document.getElementById('app')!)
