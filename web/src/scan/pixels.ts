// Pictures as the reader wants them: pixels.

export type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

const attributes = { willReadFrequently: true, alpha: false }

/** Makes what pixelsOf draws on: in a worker too, where browsers have that (Safari
 * from 16.4 on), else in the page. */
export function drawing(): Drawing | null {
  if ('OffscreenCanvas' in globalThis) return new OffscreenCanvas(1, 1).getContext('2d', attributes) as OffscreenCanvasRenderingContext2D | null
  return 'document' in globalThis ? (document.createElement('canvas').getContext('2d', attributes) as CanvasRenderingContext2D | null) : null
}

/** Takes the pixels out of a picture, made smaller where its longer side is more
 * than maxSide, and lets the picture go. */
export function pixelsOf(context: Drawing | null, image: ImageBitmap, maxSide: number): ImageData {
  try {
    if (!context) throw new Error('no canvas')
    const scale = Math.min(1, maxSide / Math.max(image.width, image.height))
    const width = Math.max(1, Math.round(image.width * scale))
    const height = Math.max(1, Math.round(image.height * scale))
    const { canvas } = context
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
    }
    context.imageSmoothingQuality = 'high'
    context.fillStyle = 'white' // behind transparent pictures
    context.fillRect(0, 0, width, height)
    context.drawImage(image, 0, 0, width, height)
    return context.getImageData(0, 0, width, height)
  } finally {
    image.close()
  }
}
