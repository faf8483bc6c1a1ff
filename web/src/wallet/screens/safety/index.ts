import type { Device, ListedSession, Passkey } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { ago, day, listed } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { again, attempt, bar, button, group, troubleBox } from '../../parts.js'
import { addPasskey } from '../start/index.js'

/** Devices, passkeys, sessions, the lost phone, the recovery code. */
export function safetyScreen(app: App): Screen {
  const trouble = troubleBox()
  const rows = () => h('ul', { class: 'rows', 'aria-busy': 'true' }, h('li', {}, say('loading')))
  const [devices, passkeys, sessions] = [rows(), rows(), rows()]
  const said = h('p', { class: 'box', role: 'status', hidden: true })
  const tell = (text: string) => {
    said.textContent = text
    said.hidden = text === ''
  }
  /** A button whose work changes what is listed; what it answers is told. */
  const change: Change = (label, action, work) => {
    const b: HTMLButtonElement = button(label, action, () => void attempt(b, trouble, async () => {
      tell('')
      const told = await work()
      const names = await load()
      tell(typeof told === 'string' ? told : Array.isArray(told) && told.length ? say('passkeyLeft', { names: listed(told.map((id) => `“${names.get(id) ?? id}”`)) }) : '')
      said.scrollIntoView({ block: 'nearest' })
    }))
    return b
  }
  /** Lists everything anew, and gives the names of passkeys by id. */
  const load = async (): Promise<Map<string, string>> => {
    const [d, p, s] = await Promise.all([app.client.listDevices(), app.client.listPasskeys(), app.client.listSessions()])
    devices.replaceChildren(...d.devices.map((x) => device(app, x, change)))
    passkeys.replaceChildren(...(p.passkeys.length ? p.passkeys.map((x) => passkey(app, x, change)) : [h('li', {}, say('passkeysNone'))]))
    sessions.replaceChildren(...s.sessions.map((x) => session(app, x, d.devices, change)))
    for (const list of [devices, passkeys, sessions]) list.removeAttribute('aria-busy')
    return new Map(p.passkeys.map((x) => [x.id, x.name]))
  }
  const others = change(say('sessionsEnd'), 'end-others', async () => {
    await app.client.endOtherSessions()
    return say('sessionsEnded')
  })
  const out = button(say('signOut'), 'sign-out', () => void attempt(out, trouble, () => app.signOut()))
  const refresh = () => {
    trouble.clear()
    load().catch((e: unknown) => {
      for (const list of [devices, passkeys, sessions]) {
        list.removeAttribute('aria-busy')
        if (!list.querySelector('b')) list.replaceChildren()
      }
      trouble.tell(e)
      trouble.node.append(again(refresh))
    })
  }
  refresh()
  return {
    nodes: [
      bar(app, say('safetyTitle')),
      h('div', { class: 'body' }, trouble.node, said),
      h(
        'div',
        { class: 'body columns' },
        group(say('devices'), h('p', { class: 'help' }, say('safetyLostHelp')), devices),
        group(say('passkeys'), passkeys, change(say('passkeyAdd'), 'add-passkey', () => addPasskey(app))),
        group(say('safetyRecovery'), h('p', { class: 'help' }, say('safetyRecoveryHelp')), button(say('safetyRecoveryNew'), 'new-recovery', () => app.go('recovery')), button(say('safetyLostCode'), 'lost', () => app.go('lost'))),
        group(say('sessions'), sessions, others, out),
      ),
      app.navigation('safety'),
    ],
    refresh,
  }
}

/** Makes a button that changes something. Work answers with what is to be said, or
 * with the ids of passkeys that stay though another device may have a copy. */
type Change = (label: string, action: string, work: () => Promise<unknown>) => HTMLButtonElement

function device(app: App, d: Device, change: Change): HTMLElement {
  const facts = [d.current ? say('deviceCurrent') : '', d.frozen_at ? say('deviceFrozen', { day: day(Date.parse(d.frozen_at)) }) : say('deviceSince', { day: day(Date.parse(d.created_at)) })].filter(Boolean).join(' · ')
  const controls = h('div', { class: 'row' })
  const calm = () => {
    if (d.current) return
    controls.replaceChildren(
      d.frozen_at
        ? change(say('deviceUnfreeze'), 'unfreeze', () => app.fresh(() => app.client.unfreezeDevice({ id: d.id })))
        : change(say('deviceFreeze'), 'freeze', async () => (await app.client.freezeDevice({ id: d.id })).passkeys_left),
      button(say('deviceLost'), 'lose', () => ask(say('deviceLostSure', { name: d.name }), say('deviceLostYes'), 'lose-yes', async () => (await app.client.loseDevice({ id: d.id })).passkeys_left)),
      d.frozen_at ? '' : button(say('deviceRemove'), 'remove', () => ask(say('deviceRemoveSure', { name: d.name }), say('deviceRemove'), 'remove-yes', () => app.fresh(() => app.client.removeDevice({ id: d.id })))),
    )
  }
  const ask = (question: string, yes: string, action: string, work: () => Promise<unknown>) => {
    controls.replaceChildren(h('p', { role: 'alert' }, question), change(yes, action, work), button(say('cancel'), 'no', calm))
    controls.querySelector<HTMLElement>('[data-action="no"]')?.focus()
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

function session(app: App, s: ListedSession, devices: readonly Device[], change: Change): HTMLElement {
  const name = devices.find((d) => d.id === s.device)?.name ?? ''
  const facts = s.current ? say('deviceCurrent') : say('sessionUsed', { age: ago(Date.parse(s.used_at), app.now()) })
  return h(
    'li',
    { 'data-session': s.current ? 'current' : 'other' },
    h('b', {}, name),
    h('small', {}, facts),
    s.current ? '' : h('div', { class: 'row' }, change(say('sessionEnd'), 'end-session', () => app.client.endSession({ id: s.session }))),
  )
}
