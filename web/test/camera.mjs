// A camera for Chromium that films what a test gives it.
import { execFileSync } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from './server.mjs'

const WIDTH = 1280
const HEIGHT = 720
/** Chromium plays Motion JPEG at 30 frames a second, from the start each time a
 * page opens the camera, and over again. */
const RATE = 30

/** Why a held phone does not look like the file it shows: it leans and sways, is
 * out of focus, and the sensor adds noise. */
const held = (blur) => [
  `pad=${WIDTH}:${HEIGHT}:(ow-iw)/2:(oh-ih)/2:color=gray`,
  `perspective=eval=frame:sense=destination:x0='24+8*sin(on/9)':y0=14:x1='W-40':y1='8+6*cos(on/12)':x2=0:y2='H-24':x3='W-12+8*sin(on/15)':y3=H`,
  `rotate='0.14*sin(2*PI*t/2)':c=gray`,
  `gblur=sigma=${blur}`,
  'noise=alls=6:allf=t',
]
/** Tells a test, and nobody else, in which frames a picture is held. */
const MARK = 'drawbox=x=0:y=0:w=32:h=32:color=white:t=fill'

const ffmpeg = (args) => execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args])

/** Makes a camera. Its file must be named when the browser starts; what it shows
 * may change until a page opens it. */
export function camera() {
  const at = folder()
  const file = join(at, 'camera.mjpeg')
  /** Films pictures for some frames each; null is the room without a phone. */
  const film = (scenes) => {
    const inputs = []
    const filters = scenes.map(({ picture, frames, blur = 1.2 }, i) => {
      if (!picture) {
        inputs.push('-f', 'lavfi', '-i', `color=gray:size=${WIDTH}x${HEIGHT}:rate=${RATE}:duration=${frames / RATE}`)
        return `[${i}]noise=alls=6:allf=t,format=yuvj420p[s${i}]`
      }
      const png = join(at, `${i}.png`)
      writeFileSync(png, picture)
      inputs.push('-loop', '1', '-framerate', String(RATE), '-t', String(frames / RATE), '-i', png)
      return `[${i}]scale=440:440:force_original_aspect_ratio=decrease:flags=area,${held(blur).join(',')},${MARK},format=yuvj420p[s${i}]`
    })
    const joined = scenes.map((_, i) => `[s${i}]`).join('') + `concat=n=${scenes.length}[out]`
    ffmpeg([...inputs, '-filter_complex', [...filters, joined].join(';'), '-map', '[out]', '-q:v', '4', '-f', 'mjpeg', file + '.new'])
    renameSync(file + '.new', file) // a page that films now keeps the old file
  }
  film([{ picture: null, frames: 2 }])
  return {
    file,
    /** Holds a picture before the camera, after a moment without any. */
    show: (picture) => film([{ picture: null, frames: 4 }, { picture, frames: 24 }]),
    /** Holds pictures one after the other with a pause between them, in seconds.
     * After a second and a half a code that comes again is a new showing. */
    showInTurn: (pictures, pause) => film(pictures.flatMap((picture) => [{ picture: null, frames: pause * RATE }, { picture, frames: 18 }])),
    /** Holds a picture so close that nobody can read it. */
    showTooClose: (picture) => film([{ picture, frames: 24, blur: 16 }]),
    clear: () => film([{ picture: null, frames: 2 }]),
  }
}
