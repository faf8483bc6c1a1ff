import { language } from '../../shared/lang.js'
import { en } from './en.js'
import { vi, type Message } from './vi.js'

export type { Message } from './vi.js'

const messages: Readonly<Record<'vi' | 'en', Readonly<Record<Message, string>>>> = { vi, en }

/** Says something in the language of the page, with values in the place of {names}. */
export function say(message: Message, values: Readonly<Record<string, string | number>> = {}): string {
  return messages[language()][message].replace(/\{(\w+)\}/g, (all, name: string) => (name in values ? String(values[name]) : all))
}
