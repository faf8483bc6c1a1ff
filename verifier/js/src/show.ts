import type { Shape, Text } from './catalogtypes.js'
import { showDate } from './civil.js'
import type { ClaimValue } from './values.js'

// Values as people read them: dates as dd/mm/yyyy, yes and no, the words of an
// enum, what a null means, items of a list side by side.

const YES: Text = { vi: 'Có', en: 'Yes' }
const NO: Text = { vi: 'Không', en: 'No' }
const NONE: Text = { vi: 'Không có', en: 'None' }

function both(s: string): Text {
  return { vi: s, en: s }
}

function join(texts: Text[], separator: string): Text {
  return { vi: texts.map((t) => t.vi).join(separator), en: texts.map((t) => t.en).join(separator) }
}

function plain(shape: Shape, value: ClaimValue): Text {
  if (value === null) return shape.nullText ?? NONE
  if (typeof value === 'boolean') return value ? YES : NO
  if (Array.isArray(value)) {
    const item = shape.item
    if (!value.length || !item) return NONE
    // Objects have commas inside.
    return join(value.map((v) => plain(item, v)), item.type === 'object' ? '; ' : ', ')
  }
  if (typeof value === 'object') {
    const object = value as { readonly [member: string]: ClaimValue }
    const shown = (shape.members ?? [])
      .filter((m) => m.id in object)
      .map((m) => {
        const text = plain(m, object[m.id]!)
        const prefix = m.prefix ?? ''
        return { vi: `${m.labels.vi}: ${prefix}${text.vi}`, en: `${m.labels.en}: ${prefix}${text.en}` }
      })
    return join(shown, ', ')
  }
  if (shape.type === 'enum') return shape.enum?.find((e) => e.value === value)?.labels ?? NONE
  if (shape.type === 'date' || shape.type === 'partial_date') return both(showDate(String(value)))
  return both(String(value))
}

/** Returns what a person reads of a value that has passed the catalogue. */
export function show(shape: Shape, value: ClaimValue): Text {
  const text = plain(shape, value)
  return shape.prefix ? { vi: shape.prefix + text.vi, en: shape.prefix + text.en } : text
}
