import type { Text } from '@giayto/verifier'
import { fill, language, t } from './lang.js'

// Times as people say them.

const JUST_NOW: Text = { vi: 'vừa xong', en: 'just now' }
const AGO: Text = { vi: '{n} {unit} trước', en: '{n} {unit} ago' }
const UNITS: readonly { seconds: number; one: Text; many: Text }[] = [
  { seconds: 86400, one: { vi: 'ngày', en: 'day' }, many: { vi: 'ngày', en: 'days' } },
  { seconds: 3600, one: { vi: 'giờ', en: 'hour' }, many: { vi: 'giờ', en: 'hours' } },
  { seconds: 60, one: { vi: 'phút', en: 'minute' }, many: { vi: 'phút', en: 'minutes' } },
  { seconds: 1, one: { vi: 'giây', en: 'second' }, many: { vi: 'giây', en: 'seconds' } },
]

/** A length of time in its largest whole unit: "2 giờ". Negative counts as none. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const unit = UNITS.find((u) => seconds >= u.seconds) ?? UNITS[UNITS.length - 1]!
  const n = Math.floor(seconds / unit.seconds)
  return `${n} ${t(n === 1 ? unit.one : unit.many)}`
}

/** How long ago a moment was: "2 giờ trước". Less than a minute, and the future,
 * are just now. */
export function ago(moment: number, now: number): string {
  if (now - moment < 60_000) return t(JUST_NOW)
  const [n, unit] = span(now - moment).split(' ')
  return fill(AGO, { n: n!, unit: unit! })
}

const two = (n: number) => String(n).padStart(2, '0')

/** The day of this device: dd/mm/yyyy in both languages, as on the papers. */
export function day(moment: number): string {
  const d = new Date(moment)
  return `${two(d.getDate())}/${two(d.getMonth() + 1)}/${String(d.getFullYear()).padStart(4, '0')}`
}

/** The time of this device with seconds. */
export function clock(moment: number): string {
  const d = new Date(moment)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** Day and time to the minute. */
export function dayAndTime(moment: number): string {
  return `${day(moment)} ${clock(moment).slice(0, 5)}`
}

/** A list of words: "họ và tên, ngày sinh". */
export function listed(words: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: 'unit', style: 'long' }).format(words)
}
