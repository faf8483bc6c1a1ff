// The bundled reader, away from the thread that draws the page.

import { createReader, type Reader } from './zxing.js'

/** What the page sends: once where the reader is, then one picture at a time. */
export type Request =
  | { readonly kind: 'load'; readonly wasmUrl: string }
  | { readonly kind: 'read'; readonly image: ImageBitmap; readonly maxSide: number; readonly thorough: boolean }

/** What the worker answers, to each request in its turn. */
export type Answer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'read'; readonly texts: string[] }
  | { readonly kind: 'failed'; readonly reason: string }

const scope = globalThis as unknown as DedicatedWorkerGlobalScope
const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true, alpha: false })
let reader: Promise<Reader> | undefined

scope.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  answer(data)
    .catch((error: unknown): Answer => ({ kind: 'failed', reason: String(error) }))
    .then((message) => scope.postMessage(message))
})

async function answer(request: Request): Promise<Answer> {
  if (request.kind === 'load') {
    reader = createReader(request.wasmUrl)
    await reader
    return { kind: 'loaded' }
  }
  const pixels = draw(request.image, request.maxSide)
  if (!reader) throw new Error('read before load')
  return { kind: 'read', texts: await (await reader)(pixels, request.thorough) }
}

/** Takes the pixels out of a picture, made smaller where it is too large, and
 * lets the picture go. */
function draw(image: ImageBitmap, maxSide: number): ImageData {
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
