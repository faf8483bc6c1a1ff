import { h, type Child } from '../shared/dom.js'
import { icon, type Icon } from '../shared/icons.js'
import { language } from '../shared/lang.js'
import type { App, ScreenName } from './app.js'
import { say, type Message } from './messages/index.js'

// What several screens share.

/** The bar at the top: the way back, the heading, the language. */
export function bar(app: App, title: string, back?: ScreenName): HTMLElement {
  return h(
    'header',
    { class: 'bar' },
    back !== undefined && h('button', { class: 'round', type: 'button', 'data-action': 'back', 'aria-label': say('back'), onclick: () => app.go(back) }, icon('back')),
    h('h1', { tabindex: -1 }, title),
    h('button', { class: 'pill language', type: 'button', 'data-action': 'language', 'aria-label': say('otherLanguageName'), lang: language() === 'vi' ? 'en' : 'vi', onclick: () => app.toggleLanguage() }, say('otherLanguage')),
  )
}

/** A button; primary is the one thing to do next. */
export function button(label: string, action: string, onclick: () => void, options: { readonly primary?: boolean; readonly icon?: Icon } = {}): HTMLButtonElement {
  return h('button', { class: options.primary ? 'button primary' : 'button', type: 'button', 'data-action': action, onclick }, options.icon !== undefined && icon(options.icon), label)
}

/** A text field with its label and what helps to fill it. */
export function field(id: string, label: string, help: string, attributes: Readonly<Record<string, string | number>> = {}): { readonly node: HTMLElement; readonly input: HTMLInputElement } {
  const input = h('input', { id, type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'characters', 'aria-describedby': `${id}-help`, ...attributes })
  return { node: h('div', { class: 'field' }, h('label', { for: id }, label), input, h('small', { id: `${id}-help` }, help)), input }
}

/** A place that tells what went wrong and what to do; empty as long as nothing did. */
export function troubleBox(): { readonly node: HTMLElement; readonly tell: (e: unknown) => void; readonly say: (text: string) => void; readonly clear: () => void } {
  const node = h('p', { class: 'error', role: 'alert', 'data-trouble': '' })
  return {
    node,
    tell: (e) => node.replaceChildren(...explain(e)),
    say: (text) => (node.textContent = text),
    clear: () => (node.textContent = ''),
  }
}

interface Fault {
  readonly code: string
  readonly titles?: { readonly vi: string; readonly en: string }
  readonly retryAfter?: number
}

/** The code of a refusal by the server or the network; '' for anything else. */
export function codeOf(e: unknown): string {
  const code = (e as Partial<Fault> | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** What happened and what to do, in words; the code small at the end. */
export function explain(e: unknown): Child[] & (Node | string)[] {
  const fault = e as Partial<Fault>
  const code = codeOf(e)
  const known: Partial<Record<string, Message>> = { 'network.offline': 'errorOffline', 'network.slow': 'errorAgain', 'network.broken': 'errorAgain', 'passkey.cancelled': 'errorCancelled', 'session.invalid': 'errorSession', 'session.missing': 'errorSession' }
  const message = known[code]
  const text = fault.retryAfter !== undefined ? say('errorWait', { n: fault.retryAfter }) : message ? say(message) : fault.titles ? fault.titles[language()] : say('errorAgain')
  return code ? [`${text} `, h('small', { class: 'code' }, say('errorCode', { code }))] : [text]
}

/** A button that tries anew what has just failed. */
export function again(work: () => void): HTMLElement {
  return h('span', { class: 'line' }, button(say('again'), 'again', work))
}

/** Runs something that takes a moment: the button waits, and trouble is told. */
export async function attempt(pressed: HTMLButtonElement, trouble: ReturnType<typeof troubleBox>, work: () => Promise<void>): Promise<void> {
  trouble.clear()
  pressed.disabled = true
  try {
    await work()
  } catch (e) {
    trouble.tell(e)
  } finally {
    pressed.disabled = false
  }
}

/** A section with a heading. */
export function group(title: string, ...children: Child[]): HTMLElement {
  return h('section', { class: 'group' }, h('h2', {}, title), ...children)
}
