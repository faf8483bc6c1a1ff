// How large a picture may be, and how large it is when the reader sees it.

/** The largest file that is opened, in bytes. */
export const maxFileBytes = 20 * 1024 * 1024

/** The largest picture that is decoded, in pixels: a small file can unpack to
 * gigabytes. */
export const maxPixels = 40_000_000

/** The longer side of what the reader sees of a file. iOS draws on no canvas of
 * more than 4096 x 4096. */
export const imageSide = 4096

/** The longer side of what the reader sees of a camera, for cameras that give
 * more than they were asked for. */
export const frameSide = 1920
