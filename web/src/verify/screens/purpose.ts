import { h } from '../../shared/dom.js'
import { icon } from '../../shared/icons.js'
import { fill, t } from '../../shared/lang.js'
import type { App, Screen } from '../app.js'
import { sectors, type Sector } from '../sectors.js'
import words from '../words.js'
import { claimNames } from './claims.js'
import { bar, box, sectorName } from './parts.js'

/** Asks once what this device checks for. */
export function purposeScreen(app: App): Screen {
  const chosen = app.sector()
  const nodes = [
    bar(app, words.purposeTitle, chosen ? { back: 'settings' } : {}),
    h('p', { class: 'intro' }, t(words.purposeIntro)),
    h('ul', { class: 'choices' }, ...sectors.map((sector) => h('li', {}, choice(app, sector, sector.id === chosen?.id)))),
    box({ class: 'box quiet' }, t(words.promise)),
  ]
  return { nodes }
}

function choice(app: App, sector: Sector, chosen: boolean): HTMLElement {
  const { preset } = sector
  return h(
    'button',
    { type: 'button', class: 'choice', 'data-preset': sector.id, 'aria-current': chosen ? 'true' : undefined, onclick: () => app.choose(sector) },
    h(
      'span',
      { class: 'words' },
      h('b', {}, sectorName(sector)),
      h('small', {}, preset ? t(preset.purpose) : t(words.anyPurpose)),
      preset && h('small', { class: 'asks' }, fill(words.asks, { claims: claimNames(preset.require) })),
    ),
    icon('next', 20),
  )
}
