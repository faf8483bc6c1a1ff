import { reasons, type Text } from '@giayto/verifier'
import { h } from '../../shared/dom.js'
import { fill, t } from '../../shared/lang.js'
import { ago, day } from '../../shared/when.js'
import type { App, Screen } from '../app.js'
import { dropValues, LINE_DAYS, retentionDays } from '../journal.js'
import type { Renewal } from '../keys.js'
import words from '../words.js'
import { bar, box, button, fileButton, sectorName } from './parts.js'

/** Everything that is chosen on this device. */
export function settingsScreen(app: App): Screen {
  const keys = keysSection(app)
  const device = deviceSection(app)
  const nodes = [
    bar(app, words.settingsTitle, { back: app.base() }),
    h('div', { class: 'body columns' }, purpose(app), keys.node, feedback(app), log(app), device.node),
  ]
  const refresh = () => {
    keys.refresh()
    device.refresh()
  }
  refresh()
  return { nodes, refresh }
}

/** A part that tells something which changes by itself. */
interface Part {
  readonly node: HTMLElement
  readonly refresh: () => void
}

function section(title: Text, ...children: (Node | false | undefined)[]): HTMLElement {
  return h('section', { class: 'group' }, h('h2', {}, t(title)), ...children)
}

function purpose(app: App): HTMLElement {
  const sector = app.sector()
  return section(
    words.forWhat,
    h('p', { class: 'chosen' }, sector ? sectorName(sector) : ''),
    button(words.change, 'change-purpose', () => app.show('purpose')),
    audience(app),
  )
}

function audience(app: App): HTMLElement {
  const input = h('input', {
    id: 'audience',
    type: 'text',
    maxlength: 64,
    autocomplete: 'off',
    spellcheck: 'false',
    'data-setting': 'audience',
    value: app.settings.audience,
    'aria-describedby': 'audience-help',
    onchange: () => void app.set({ audience: input.value.trim().normalize('NFC') }),
  })
  return h('div', { class: 'field' }, h('label', { for: 'audience' }, t(words.audienceLabel)), input, h('small', { id: 'audience-help' }, t(words.audienceHelp)))
}

function toggle(app: App, name: 'sound' | 'vibration' | 'log' | 'logValues', label: string, changed: (on: boolean) => void = () => {}): HTMLElement {
  const input = h('input', {
    type: 'checkbox',
    role: 'switch',
    'data-setting': name === 'logValues' ? 'log-values' : name,
    checked: app.settings[name],
    onchange: () => void app.set({ [name]: input.checked }).then(() => changed(input.checked)),
  })
  return h('label', { class: 'switch' }, h('span', {}, label), input)
}

function feedback(app: App): HTMLElement {
  return section(words.feedback, toggle(app, 'vibration', t(words.vibration)), toggle(app, 'sound', t(words.sound)))
}

function keysSection(app: App): Part {
  const facts = h('p')
  const trouble = h('p', { class: 'error' })
  const said = h('p', { role: 'status', class: 'said' })
  const refresh = () => {
    const state = app.keys.state()
    facts.textContent = listFacts(app) ?? t(words.keysNone)
    facts.dataset['listAge'] = String(state.heardAt)
    trouble.textContent = state.trouble && state.info ? fill(words.keysTrouble, { why: t(reasons[state.trouble].why), do: t(reasons[state.trouble].do) }) : ''
    if (state.trouble) trouble.dataset['trouble'] = state.trouble
    else delete trouble.dataset['trouble']
  }
  const tell = (renewal: Renewal) => {
    said.textContent = renewal.result === 'refused' ? `${t(reasons[renewal.reason].why)} ${t(reasons[renewal.reason].do)}` : t(words[renewal.result])
    refresh()
  }
  const node = section(
    words.keysTitle,
    facts,
    trouble,
    h(
      'div',
      { class: 'row' },
      button(words.updateNow, 'update', () => void app.keys.renew().then(tell)),
      fileButton(words.importList, '.jws,.jwt,.txt,application/jose,application/jwt,text/plain', { 'data-action': 'import' }, (file) => void app.keys.takeFile(file).then(tell)),
      button(words.exportList, 'export', () => app.keys.text() && save(app.keys.text(), 'giayto-trust-list.jws')),
    ),
    said,
  )
  return { node, refresh }
}

function listFacts(app: App): string | undefined {
  const { info, heardAt } = app.keys.state()
  if (!info) return undefined
  const { version, issuedAt, nextUpdate } = info
  return fill(words.keysFacts, { version, issued: day(issuedAt.getTime()), next: day(nextUpdate.getTime()), age: ago(heardAt, app.now()) })
}

/** Hands a text to the device as a file. */
function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }))
  h('a', { href: url, download: name }).click()
  URL.revokeObjectURL(url)
}

function log(app: App): HTMLElement {
  const sector = app.sector()
  const days = sector ? retentionDays(sector) : 0
  const on = app.settings.log
  const left = h('p', { class: 'help' })
  const said = h('p', { class: 'error', role: 'status' })
  const drop = async () => {
    if (!(await dropValues(app.store))) said.textContent = t(words.deletedLater)
  }
  const switched = async (now: boolean) => {
    if (!now) {
      await app.set({ logValues: false })
      await drop()
      if (said.textContent) return
    }
    app.redraw('[data-setting="log"]')
  }
  if (!on) void app.log().then((lines) => lines.length && left.append(fill(words.logLeft, { n: lines.length })))
  return section(
    words.logTitle,
    toggle(app, 'log', t(words.logSetting), (now) => void switched(now)),
    h('p', { class: 'help' }, on ? fill(words.logHelp, { days: LINE_DAYS }) : t(words.logOff)),
    !on && left,
    on && days > 0 && toggle(app, 'logValues', fill(words.logValues, { days }), (wanted) => !wanted && void drop()),
    on && days === 0 && h('p', { class: 'help' }, t(words.logValuesNever)),
    said,
    button(words.openLog, 'log', () => app.show('log')),
  )
}

function deviceSection(app: App): Part {
  const offline = h('p')
  const update = box({ role: 'status' })
  const reload = button(words.reloadPage, 'reload', () => app.applyUpdate(), { primary: true })
  const install = button(words.install, 'install', () => {
    app.install?.()
    app.install = undefined // an offer counts once
    install.hidden = true
  })
  const refresh = () => {
    offline.textContent = t(!app.store.lasting() ? words.forgets : app.offlineReady ? words.installed : words.notInstalled)
    offline.dataset['offline'] = app.offlineReady ? 'ready' : 'not-yet'
    update.textContent = app.updateWaits ? t(words.updateWaiting) : ''
    update.hidden = reload.hidden = !app.updateWaits
    install.hidden = !app.install
  }
  const facts = fill(words.facts, { roots: app.keys.rootNames().join(', ') || t(words.listNone), build: app.parts.build })
  return { node: section(words.device, offline, update, reload, install, forget(app), h('p', { class: 'facts' }, facts)), refresh }
}

/** Asks before it deletes. */
function forget(app: App): HTMLElement {
  const place = h('div', { class: 'forget' })
  const said = h('p', { class: 'error', role: 'alert' })
  const yes = async () => {
    if (!(await app.forget())) said.textContent = t(words.notDeleted)
  }
  const ask = () => {
    place.replaceChildren(
      h('p', { role: 'alert' }, t(words.forgetSure)),
      h('div', { class: 'row' }, button(words.forgetYes, 'forget-yes', () => void yes()), button(words.cancel, 'forget-no', calm)),
      said,
    )
    place.querySelector<HTMLElement>('[data-action="forget-no"]')?.focus()
  }
  const calm = () => place.replaceChildren(button(words.forget, 'forget', ask))
  calm()
  return place
}
