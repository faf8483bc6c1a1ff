// Dates of the Gregorian calendar. They are civil dates in Asia/Ho_Chi_Minh and
// travel as dates, so no time zone is needed to read them. Moments (RFC 3339)
// are those of the trust list.

const MIN_YEAR = 1850
const MAX_YEAR = 2200

function two(n: number): string {
  return String(n).padStart(2, '0')
}

/** Days since 1970-01-01. */
function dayOf(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day) // Date.UTC takes the years 0 to 99 for 19xx
  return date.getTime() / 86400000
}

const FIRST_DAY = dayOf(MIN_YEAR, 1, 1)
const LAST_DAY = dayOf(MAX_YEAR, 12, 31)

/** Writes days since 1970-01-01 as YYYY-MM-DD; undefined outside the years of the catalogue. */
export function dateOfDay(day: number): string | undefined {
  if (!(day >= FIRST_DAY && day <= LAST_DAY)) return undefined
  const date = new Date(day * 86400000)
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

/** Reports whether a text is YYYY or YYYY-MM within the years of the catalogue. */
export function isPartialDate(s: string): boolean {
  const parts = /^([0-9]{4})(?:-([0-9]{2}))?$/.exec(s)
  if (!parts) return false
  const year = Number(parts[1])
  const month = Number(parts[2] ?? 1)
  return year >= MIN_YEAR && year <= MAX_YEAR && month >= 1 && month <= 12
}

/** Writes dd/mm/yyyy, mm/yyyy or yyyy. */
export function showDate(s: string): string {
  return s.split('-').reverse().join('/')
}

/** A moment: the millisecond at or before it, and the nanoseconds after that. */
export interface Moment {
  readonly ms: number
  readonly ns: number
}

/** The millisecond at or after the moment. */
export function ceil(m: Moment): number {
  return m.ms + (m.ns ? 1 : 0)
}

const RFC3339 = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))$/

/** Reads an RFC 3339 date-time from 1970 on; undefined if it is none. */
export function parseMoment(s: unknown): Moment | undefined {
  const p = typeof s === 'string' ? RFC3339.exec(s) : null
  if (!p) return undefined
  const [year, month, day, hour, minute, second] = p.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  const offsetHour = Number(p[9] ?? 0)
  const offsetMinute = Number(p[10] ?? 0)
  const days = dayOf(year, month, day)
  const date = new Date(days * 86400000)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined
  if (offsetHour > 23 || offsetMinute > 59) return undefined
  const offset = (offsetHour * 60 + offsetMinute) * (p[8] === '-' ? -1 : 1)
  const ms = ((days * 24 + hour) * 60 + minute - offset) * 60000 + second * 1000
  if (ms < 0) return undefined
  const fraction = (p[7] ?? '').slice(0, 9).padEnd(9, '0')
  return {
    ms: ms + Number(fraction.slice(0, 3)),
    ns: Number(fraction.slice(3)),
  }
}
