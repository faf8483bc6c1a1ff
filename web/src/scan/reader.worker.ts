// The bundled reader, away from the thread that draws the page.

import { drawing, pixelsOf } from './pixels.js'
import { createReader, type Reader } from './zxing.js'

/** What the page sends: once where the reader is, then one picture at a time, or its
 * pixels where a worker cannot draw. */
export type Request =
  | { readonly kind: 'load'; readonly wasmUrl: string }
  | { readonly kind: 'read'; readonly image: ImageBitmap | ImageData; readonly maxSide: number; readonly thorough: boolean }

/** What the worker answers, to each request in its turn. */
export type Answer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'read'; readonly texts: string[] }
  | { readonly kind: 'failed'; readonly reason: string }

const scope = globalThis as unknown as DedicatedWorkerGlobalScope
const context = drawing()
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
  const pixels = request.image instanceof ImageData ? request.image : pixelsOf(context, request.image, request.maxSide)
  if (!reader) throw new Error('read before load')
  return { kind: 'read', texts: await (await reader)(pixels, request.thorough) }
}
