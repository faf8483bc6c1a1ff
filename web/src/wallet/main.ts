import { Client } from '../api/client_gen.js'
import { openTransport } from '../api/transport.js'
import { h } from '../shared/dom.js'
import { register } from '../shared/updates.js'
import { App } from './app.js'
import { say } from './messages/index.js'
import { Vault } from './vault.js'

const root = document.getElementById('app')!

async function main(): Promise<void> {
  if (!globalThis.crypto?.subtle) throw new Error('no WebCrypto')
  await new App({ root, client: new Client(openTransport()), vault: await Vault.open(), now: () => Date.now() }).start()
}

void register(() => undefined)
main().catch(() => {
  root.replaceChildren(h('div', { class: 'view' }, h('h1', {}, say('title')), h('p', { class: 'error', role: 'alert' }, say('browserTooOld'))))
})
