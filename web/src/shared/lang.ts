import type { Text } from '@giayto/verifier'

// The two languages of every page. Vietnamese comes first whatever the browser
// prefers: the papers, and most people at a counter, speak it.

export type Language = 'vi' | 'en'

let current: Language = 'vi'

export function language(): Language {
  return current
}

/** Changes the language of what is written from now on, and of the page itself. */
export function setLanguage(language: Language): void {
  current = language
  document.documentElement.lang = language
}

/** Returns the words in the language of the page. */
export function t(text: Text): string {
  return text[current]
}

/** Puts values in the place of {names}. */
export function fill(text: Text, values: Readonly<Record<string, string | number>>): string {
  return t(text).replace(/\{(\w+)\}/g, (all, name: string) => (name in values ? String(values[name]) : all))
}
