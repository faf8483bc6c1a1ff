import { svg } from './dom.js'

// Drawn in lines of the colour of the text. They stand beside words and are
// hidden from those who listen.

const shapes = {
  // Verdicts differ by outline: rounded square, octagon, triangle.
  established: ['M16 3h20a13 13 0 0 1 13 13v20a13 13 0 0 1-13 13H16A13 13 0 0 1 3 36V16A13 13 0 0 1 16 3z', 'M15 27l8 8 15-18'],
  not_established: ['M17 3h18l14 14v18L35 49H17L3 35V17z', 'M18 18l16 16M34 18L18 34'],
  unknown: ['M26 4l23 42H3z', 'M26 20v12M26 39v.5'],
  torch: ['M16 4h20v9l-5 8v27H21V21l-5-8z', 'M16 12h20M26 28v5'],
  image: ['M12 7h28a6 6 0 0 1 6 6v26a6 6 0 0 1-6 6H12a6 6 0 0 1-6-6V13a6 6 0 0 1 6-6z', 'M6 37l11-11 8 8 8-9 13 13M18 18v.5'],
  paste: ['M18 9h-4a4 4 0 0 0-4 4v31a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4V13a4 4 0 0 0-4-4h-4', 'M18 5h16v9H18zM18 26h16M18 35h10'],
  settings: ['M6 14h22M40 14h6M6 38h6M24 38h22', 'M34 8a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM18 32a6 6 0 1 1 0 12 6 6 0 0 1 0-12z'],
  back: ['M32 8L14 26l18 18'],
  next: ['M20 8l18 18-18 18'],
  camera: ['M6 16h10l4-6h12l4 6h10v28H6z', 'M26 21a8 8 0 1 1 0 16 8 8 0 0 1 0-16z'],
  face: ['M6 16V8h10M36 8h10v8M46 36v8H36M16 44H6v-8', 'M19 21v2M33 21v2M18 32c5 5 11 5 16 0'],
  vouched: ['M26 4l18 7v13c0 11-7 19-18 24C15 43 8 35 8 24V11z', 'M18 25l6 6 11-12'],
} as const

export type Icon = keyof typeof shapes

/** Draws an icon that nobody needs in order to understand what stands beside it. */
export function icon(name: Icon, size = 24, stroke = size > 40 ? 5 : 4): SVGElement {
  return drawn(shapes[name], size, stroke)
}

/** Draws lines on a ground of 52 by 52. */
export function drawn(lines: readonly string[], size: number, stroke: number): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 52 52', width: size, height: size, fill: 'none', stroke: 'currentColor', 'stroke-width': stroke, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false' },
    ...lines.map((d) => svg('path', { d })),
  )
}
