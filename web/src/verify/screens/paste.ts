import { h } from '../../shared/dom.js'
import { t } from '../../shared/lang.js'
import type { App, Screen } from '../app.js'
import words from '../words.js'
import { bar, button } from './parts.js'

/** Takes the text of a code from the clipboard: for screens that share one, and
 * for devices without a camera. */
export function pasteScreen(app: App): Screen {
  const trouble = h('p', { class: 'error', id: 'paste-error', role: 'alert' })
  const area = h('textarea', { id: 'code', rows: 6, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-describedby': 'paste-error' })
  const check = () => {
    // Copying adds line breaks around a text; inside, they are not ours to mend.
    const text = area.value.trim()
    if (text) void app.judge(text)
    else {
      trouble.textContent = t(words.pasteEmpty)
      area.focus()
    }
  }
  const nodes = [
    bar(app, words.pasteTitle, { back: 'scan' }),
    h('div', { class: 'body' }, h('label', { for: 'code' }, t(words.pasteLabel)), area, trouble),
    h('div', { class: 'actions' }, button(words.check, 'check', check, { primary: true })),
  ]
  return { nodes }
}
