import type { Text } from '@giayto/verifier'
import { h, type Child } from '../../shared/dom.js'
import { icon, type Icon } from '../../shared/icons.js'
import { t } from '../../shared/lang.js'
import type { App, ScreenName } from '../app.js'
import type { Sector } from '../sectors.js'
import words from '../words.js'

// What several screens share.

/** The bar at the top: the way back, the heading, the language. The heading can
 * take the focus, so that those who listen hear where they are. */
export function bar(app: App, title: Text, options: { readonly back?: ScreenName; readonly pill?: boolean } = {}): HTMLElement {
  const { back, pill } = options
  const sector = app.sector()
  return h(
    'header',
    { class: 'bar' },
    back !== undefined &&
      h('button', { class: 'round', type: 'button', 'data-action': 'back', 'aria-label': t(words.back), onclick: () => app.show(back) }, icon('back')),
    h('h1', { tabindex: -1 }, t(title)),
    pill && sector !== undefined && h('span', { class: 'pill sector' }, sectorName(sector)),
    languageButton(app),
  )
}

export function languageButton(app: App): HTMLElement {
  return h(
    'button',
    {
      class: 'pill language',
      type: 'button',
      'data-action': 'language',
      'aria-label': t(words.otherLanguageName),
      lang: app.settings.language === 'vi' ? 'en' : 'vi',
      onclick: () => app.toggleLanguage(),
    },
    t(words.otherLanguage),
  )
}

export function sectorName(sector: Sector): string {
  return t(sector.preset ? sector.preset.labels : words.anySector)
}

/** A button across the page; primary is the one thing to do next. */
export function button(label: Text, action: string, onclick: () => void, options: { readonly primary?: boolean; readonly icon?: Icon } = {}): HTMLElement {
  return h(
    'button',
    { class: options.primary ? 'button primary' : 'button', type: 'button', 'data-action': action, onclick },
    options.icon !== undefined && icon(options.icon),
    t(label),
  )
}

/** A file chooser that looks like a button. The input lies over the words and
 * takes the focus itself. */
export function fileButton(label: Text, accept: string, attributes: Readonly<Record<string, string>>, take: (file: File) => void, drawing?: Icon): HTMLElement {
  const input = h('input', {
    type: 'file',
    accept,
    ...attributes,
    onchange: () => {
      const file = input.files?.[0]
      input.value = '' // the same file again is a choice too
      if (file) take(file)
    },
  })
  return h('label', { class: 'button file' }, drawing !== undefined && icon(drawing), h('span', {}, t(label)), input)
}

/** A row of facts, small. */
export function fact(label: Text, value: Child, attributes: Readonly<Record<string, string>> = {}): HTMLElement {
  return h('div', { class: 'fact' }, h('dt', {}, t(label)), h('dd', attributes, value))
}

export function box(attributes: Readonly<Record<string, string>>, ...children: Child[]): HTMLElement {
  return h('div', { class: 'box', ...attributes }, ...children)
}
