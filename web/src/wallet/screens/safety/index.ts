import type { Device, Passkey } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { ago, day } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { attempt, bar, button, group, troubleBox } from '../../parts.js'
import { addPasskey } from '../start/index.js'

/** Devices, passkeys, sessions, the lost phone, the recovery code. */
export function safetyScreen(app: App): Screen {
  const trouble = troubleBox()
  const devices = h('ul', { class: 'rows', 'aria-busy': 'true' })
  const passkeys = h('ul', { class: 'rows', 'aria-busy': 'true' })
  /** A button whose work changes what is listed. */
  const change = (label: string, action: string, work: () => Promise<unknown>) => {
    const b: HTMLButtonElement = button(label, action, () => void attempt(b, trouble, async () => {
      await work()
      await load()
    }))
    return b
  }
  const load = async () => {
    const [d, p] = await Promise.all([app.client.listDevices(), app.client.listPasskeys()])
    devices.replaceChildren(...d.devices.map((x) => device(app, x, change)))
    passkeys.replaceChildren(...p.passkeys.map((x) => passkey(app, x, change)))
    devices.removeAttribute('aria-busy')
    passkeys.removeAttribute('aria-busy')
  }
  const said = h('p', { role: 'status' })
  const others = change(say('sessionsEnd'), 'end-others', async () => {
    await app.client.endOtherSessions()
    said.textContent = say('sessionsEnded')
  })
  const out = button(say('signOut'), 'sign-out', () => void attempt(out, trouble, () => app.signOut()))
  const refresh = () => void load().catch(trouble.tell)
  refresh()
  return {
    nodes: [
      bar(app, say('safetyTitle')),
      h(
        'div',
        { class: 'body columns' },
        trouble.node,
        group(say('devices'), h('p', { class: 'help' }, say('safetyLostHelp')), devices),
        group(say('passkeys'), passkeys, change(say('passkeyAdd'), 'add-passkey', () => addPasskey(app))),
        group(say('safetyRecovery'), h('p', { class: 'help' }, say('safetyRecoveryHelp')), button(say('safetyRecoveryNew'), 'new-recovery', () => app.go('recovery')), button(say('safetyLostCode'), 'lost', () => app.go('lost'))),
        group(say('sessions'), said, others, out),
      ),
      app.navigation('safety'),
    ],
    refresh,
  }
}

type Change = (label: string, action: string, work: () => Promise<unknown>) => HTMLButtonElement

function device(app: App, d: Device, change: Change): HTMLElement {
  const facts = [d.current ? say('deviceCurrent') : '', d.frozen_at ? say('deviceFrozen', { day: day(Date.parse(d.frozen_at)) }) : say('deviceSince', { day: day(Date.parse(d.created_at)) })].filter(Boolean).join(' · ')
  const controls = h('div', { class: 'row' })
  const calm = () => {
    if (d.current) return
    controls.replaceChildren(
      d.frozen_at
        ? change(say('deviceUnfreeze'), 'unfreeze', () => app.fresh(() => app.client.unfreezeDevice({ id: d.id })))
        : change(say('deviceFreeze'), 'freeze', () => app.client.freezeDevice({ id: d.id })),
      button(say('deviceLost'), 'lose', ask),
    )
  }
  const ask = () => {
    controls.replaceChildren(h('p', { role: 'alert' }, say('deviceLostSure', { name: d.name })), change(say('deviceLostYes'), 'lose-yes', () => app.client.loseDevice({ id: d.id })), button(say('cancel'), 'lose-no', calm))
    controls.querySelector<HTMLElement>('[data-action="lose-no"]')?.focus()
  }
  calm()
  return h('li', { 'data-device': d.current ? 'current' : 'other' }, h('b', {}, d.name), h('small', {}, facts), controls)
}

function passkey(app: App, p: Passkey, change: Change): HTMLElement {
  const facts = p.used_at ? say('passkeyUsed', { age: ago(Date.parse(p.used_at), app.now()) }) : say('passkeyNever')
  return h(
    'li',
    { 'data-passkey': '' },
    h('b', {}, p.name),
    h('small', {}, facts),
    p.cloned_at ? h('p', { class: 'error' }, say('passkeyCloned')) : '',
    h('div', { class: 'row' }, change(say('passkeyRemove'), 'remove-passkey', () => app.fresh(() => app.client.removePasskey({ id: p.id })))),
  )
}
