import { correction, generate, mode } from 'lean-qr'
import { svg } from './dom.js'

// QR codes, drawn on the device from the text that the server signed. Which symbol a
// text becomes is the rule of the Go package qr (Fit), so that what the server says
// of a code is what the screen shows.

/** ISO/IEC 18004, 6.5.1. */
export type Level = 'L' | 'M' | 'Q' | 'H'

export interface Drawn {
  /** Rows of modules from the top, dark ones true, without the quiet zone. */
  modules: boolean[][]
  version: number
  level: Level
}

/** Beyond it ordinary readers become unreliable. */
const LARGEST_VERSION = 13
/** The last version at which level M is worth its modules. */
const PREFER_M_UP_TO = 11
/** Modules of white on each side (ISO/IEC 18004, 6.3.8). */
const QUIET = 4

/** What the alphanumeric mode holds. */
const ALPHANUMERIC = /^[0-9A-Z $%*+./:-]+$/

/** Draws a text as one alphanumeric segment: level M where that needs at most version
 * 11, else L, then the strongest level that the same version holds. It throws a
 * RangeError for a text that needs more than version 13, and a TypeError for one that
 * has no alphanumeric form. */
export function drawQR(text: string): Drawn {
  if (!ALPHANUMERIC.test(text)) throw new TypeError('no alphanumeric form')
  const symbol = generated(text, correction.M, PREFER_M_UP_TO) ?? generated(text, correction.L, LARGEST_VERSION)
  if (!symbol) throw new RangeError('too long for a QR code')
  const { size } = symbol
  const places = Array.from({ length: size }, (_, i) => i)
  const modules = places.map((y) => places.map((x) => symbol.get(x, y)))
  return { modules, version: (size - 17) / 4, level: levelOf(modules) }
}

/** The smallest symbol of at least this level, as strong as its version allows. */
function generated(text: string, minCorrectionLevel: typeof correction.M, maxVersion: number) {
  try {
    return generate(mode.alphaNumeric(text), { minCorrectionLevel, maxVersion })
  } catch {
    return undefined // its only error: too much data
  }
}

/** The level as the symbol itself states it, in two bits beside the first finder
 * pattern (ISO/IEC 18004, 7.9.1). */
function levelOf(modules: boolean[][]): Level {
  const [high, low] = modules[8]!
  return (['M', 'L', 'H', 'Q'] as const)[(high ? 0 : 2) + (low ? 1 : 0)]! // the mask inverts the first bit
}

/** The code of a text as a drawing, black on white with its quiet zone, one unit a
 * module; title is what it is called to who cannot see it. It throws as drawQR does. */
export function qrSVG(text: string, title: string): SVGElement {
  const { modules } = drawQR(text)
  const side = modules.length + 2 * QUIET
  return svg(
    'svg',
    { viewBox: `0 0 ${side} ${side}`, role: 'img', 'shape-rendering': 'crispEdges' },
    svg('title', {}, title),
    svg('rect', { width: side, height: side, fill: '#fff' }),
    svg('path', { d: path(modules), fill: '#000' }),
  )
}

/** One rectangle for each run of dark modules in a row. */
function path(modules: boolean[][]): string {
  let d = ''
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      let end = x
      while (row[end]) end++
      if (end > x) d += `M${x + QUIET} ${y + QUIET}h${end - x}v1h${x - end}z`
      x = end
    }
  })
  return d
}
