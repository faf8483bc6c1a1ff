import { reasons, type Text } from '@giayto/verifier'
import { h } from '../../shared/dom.js'
import { fill, t } from '../../shared/lang.js'
import { ago, day } from '../../shared/when.js'
import type { App } from '../app.js'
import { dropValues, LINE_DAYS, retentionDays } from '../journal.js'
import type { Renewal } from '../keys.js'
import words from '../words.js'
import { bar, box, button, fileButton, sectorName } from './parts.js'

/** Everything that is chosen on this device. */
export function settingsScreen(app: App): HTMLElement[] {
  return [
    bar(app, words.settingsTitle, { back: app.sector() ? 'scan' : 'purpose' }),
    h('div', { class: 'body columns' }, purpose(app), keys(app), feedback(app), log(app), device(app)),
  ]
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
    onchange: () => app.set({ audience: input.value.trim().normalize('NFC') }),
  })
  return h('div', { class: 'field' }, h('label', { for: 'audience' }, t(words.audienceLabel)), input, h('small', { id: 'audience-help' }, t(words.audienceHelp)))
}

function toggle(app: App, name: 'sound' | 'vibration' | 'log' | 'logValues', label: string, changed: (on: boolean) => void = () => {}): HTMLElement {
  const input = h('input', {
    type: 'checkbox',
    role: 'switch',
    'data-setting': name === 'logValues' ? 'log-values' : name,
    checked: app.settings[name],
    onchange: () => {
      app.set({ [name]: input.checked })
      changed(input.checked)
    },
  })
  return h('label', { class: 'switch' }, h('span', {}, label), input)
}

function feedback(app: App): HTMLElement {
  return section(words.feedback, toggle(app, 'vibration', t(words.vibration)), toggle(app, 'sound', t(words.sound)))
}

function keys(app: App): HTMLElement {
  const { info, heardAt, trouble } = app.keys.state()
  const said = h('p', { role: 'status', class: 'said' })
  const tell = (renewal: Renewal) => {
    said.textContent = renewal.result === 'refused' ? `${t(reasons[renewal.reason].why)} ${t(reasons[renewal.reason].do)}` : t(words[renewal.result])
    const facts = listFacts(app)
    if (facts) shown.textContent = facts
  }
  const shown = h('p', { 'data-list-age': String(heardAt) }, listFacts(app) ?? t(words.keysNone))
  return section(
    words.keysTitle,
    shown,
    trouble !== undefined && info !== undefined && h('p', { class: 'error', 'data-trouble': trouble }, fill(words.keysTrouble, { why: t(reasons[trouble].why), do: t(reasons[trouble].do) })),
    h(
      'div',
      { class: 'row' },
      button(words.updateNow, 'update', () => void app.keys.renew().then(tell)),
      fileButton(words.importList, '.jws,.jwt,.txt,application/jose,application/jwt,text/plain', { 'data-action': 'import' }, (file) => void app.keys.takeFile(file).then(tell)),
      info && button(words.exportList, 'export', () => save(app.keys.text(), 'giayto-trust-list.jws')),
    ),
    said,
  )
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
  const more = (now: boolean) => {
    if (!now) app.set({ logValues: false })
    app.show('settings')
    document.querySelector<HTMLElement>('[data-setting="log"]')?.focus()
  }
  return section(
    words.logTitle,
    toggle(app, 'log', t(words.logSetting), more),
    h('p', { class: 'help' }, on ? fill(words.logHelp, { days: LINE_DAYS }) : t(words.logOff)),
    on && days > 0 && toggle(app, 'logValues', fill(words.logValues, { days }), (wanted) => !wanted && void dropValues(app.store)),
    on && days === 0 && h('p', { class: 'help' }, t(words.logValuesNever)),
    button(words.openLog, 'log', () => app.show('log')),
  )
}

function device(app: App): HTMLElement {
  const { install, updateWaits, offlineReady } = app
  const kept = app.store.lasting()
  return section(
    words.device,
    h('p', { 'data-offline': offlineReady ? 'ready' : 'not-yet' }, t(!kept ? words.forgets : offlineReady ? words.installed : words.notInstalled)),
    updateWaits && box({ role: 'status' }, t(words.updateWaiting)),
    updateWaits && button(words.reloadPage, 'reload', () => app.applyUpdate(), { primary: true }),
    install && button(words.install, 'install', install),
    forget(app),
    h('p', { class: 'facts' }, fill(words.facts, { roots: app.keys.rootNames().join(', ') || t(words.listNone), build: app.parts.build })),
  )
}

/** Asks before it deletes. */
function forget(app: App): HTMLElement {
  const place = h('div', { class: 'forget' })
  const ask = () => {
    place.replaceChildren(
      h('p', { role: 'alert' }, t(words.forgetSure)),
      h('div', { class: 'row' }, button(words.forgetYes, 'forget-yes', () => void app.forget()), button(words.cancel, 'forget-no', calm)),
    )
    place.querySelector<HTMLElement>('[data-action="forget-no"]')?.focus()
  }
  const calm = () => place.replaceChildren(button(words.forget, 'forget', ask))
  calm()
  return place
}
