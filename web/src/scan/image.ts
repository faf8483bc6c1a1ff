// Pictures from files.

import { ScannerFault } from './fault.js'
import { imageSide, maxFileBytes, maxPixels } from './limits.js'

/** Decodes a picture, no larger than the reader takes. Rejects with a
 * [ScannerFault] what is no picture or beyond the limits. */
export async function decodeImage(file: Blob): Promise<ImageBitmap> {
  if (file.size > maxFileBytes) throw new ScannerFault('too_large')
  const { width, height } = await sizeOf(file)
  if (width * height > maxPixels) throw new ScannerFault('too_large')
  try {
    // With one side given the other follows.
    if (Math.max(width, height) <= imageSide) return await createImageBitmap(file)
    return await createImageBitmap(file, { resizeQuality: 'high', ...(width > height ? { resizeWidth: imageSide } : { resizeHeight: imageSide }) })
  } catch (error) {
    throw new ScannerFault('not_an_image', { cause: error })
  }
}

/** Reads the size of a picture before it is unpacked: an image element knows it
 * from the header. */
async function sizeOf(file: Blob): Promise<{ width: number; height: number }> {
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    await new Promise((resolve, reject) => {
      image.onload = resolve
      image.onerror = () => reject(new ScannerFault('not_an_image'))
      image.src = url
    })
    return { width: image.naturalWidth, height: image.naturalHeight }
  } finally {
    URL.revokeObjectURL(url)
  }
}
