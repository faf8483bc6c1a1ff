import { drawn } from '../shared/icons.js'

// A picture for each kind of paper: things of daily life, and no emblem of a state or
// an organisation.

const shapes: Readonly<Record<string, readonly string[]>> = {
  can_cuoc: ['M9 10h34a5 5 0 0 1 5 5v22a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5V15a5 5 0 0 1 5-5z', 'M17 18a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM9 36c1-5 4-7 8-7s7 2 8 7M31 21h10M31 29h10'],
  gplx: ['M26 5a21 21 0 1 1 0 42 21 21 0 0 1 0-42z', 'M26 20a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM6 23c12-4 28-4 40 0M22 31l-7 12M30 31l7 12'],
  dang_ky_xe: ['M7 40V28l5-13h28l5 13v12z', 'M7 28h38M14 34h.5M37.5 34h.5M11 40v5M41 40v5'],
  bhyt: ['M26 45C12 35 5 28 5 19a10 10 0 0 1 21-3 10 10 0 0 1 21 3c0 9-7 16-21 26z', 'M10 26h9l4-7 6 13 4-6h9'],
}

/** The picture of a kind of paper; that of a sheet where the kind is new. */
export function pictogram(document: string): SVGElement {
  return drawn(shapes[document] ?? ['M13 4h18l9 9v35H13z', 'M31 4v9h9M20 24h12M20 33h12'], 44, 3)
}
