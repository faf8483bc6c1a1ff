// Camera frames that show a QR code, made from its modules: rotation, perspective,
// sampling, blur, uneven light, noise and compression, in this order. Runs in a
// browser, whose JPEG encoder it uses. Everything random comes from the seed.

/** The conditions, by the width of a code of 5.5 cm at 20 cm in three usual sizes
 * of frame. Widths in pixels, without the quiet zone; blur is a standard deviation
 * in pixels. */
export const conditions = [
  { name: '180 px, 640 x 480', size: [640, 480], codeWidth: 180, blur: 0.6 },
  { name: '270 px, 1280 x 720', size: [1280, 720], codeWidth: 270, blur: 0.6 },
  { name: '400 px, 1920 x 1080', size: [1920, 1080], codeWidth: 400, blur: 0.6 },
  { name: '400 px soft, 1920 x 1080', size: [1920, 1080], codeWidth: 400, blur: 1.2 },
]

/** Beyond the set: a code far away, and one so near that the lens cannot focus. */
export const extremes = [
  { name: 'far: 130 px, 1920 x 1080', size: [1920, 1080], codeWidth: 130, blur: 0.6 },
  { name: 'near: 900 px soft, 1920 x 1080', size: [1920, 1080], codeWidth: 900, blur: 4 },
]

/** The seed of the first frame of a cell; the others follow it. */
export function seedOf(version, condition) {
  return 1_000_000 * version + 1_000 * condition.codeWidth + 100 * Math.round(10 * condition.blur)
}

const maxRotation = degrees(10)
const maxTilt = degrees(14)
const fieldOfView = degrees(65) // of the width of the frame, as phones have
const samples = 4 // in each direction of a pixel
const noise = 6
const jpegQuality = 0.65
const [dark, light, table] = [30, 225, 140]
const quietZone = 4

/** Draws the frame of a code under a condition, as a JPEG file. */
export function frameOf(code, condition, seed) {
  const random = generator(seed)
  const [width, height] = condition.size
  const grey = new Float32Array(width * height).fill(table)
  const { inverse, corners } = pose(code, condition, random)
  const margin = 8 // the blur reaches beyond the code
  const box = bounds(corners, margin, width, height)
  sample(grey, width, box, inverse, modulesOf(code))
  blur(grey, width, box, condition.blur)
  return finish(grey, width, height, random)
}

/** Draws a frame without a code: a table with papers, print and dark objects. */
export async function frameWithout(condition, seed) {
  const random = generator(seed)
  const [width, height] = condition.size
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  const shade = () => `hsl(0 0% ${Math.round(random() * 100)}%)`
  context.fillStyle = `rgb(${table} ${table} ${table})`
  context.fillRect(0, 0, width, height)
  for (let i = 0; i < 30; i++) {
    context.setTransform(1, 0, 0, 1, random() * width, random() * height)
    context.rotate(random() * 2 * Math.PI)
    context.fillStyle = shade()
    context.fillRect(0, 0, (random() * width) / 3, (random() * height) / 3)
    context.fillStyle = shade()
    context.font = `${Math.round(height * (0.015 + 0.03 * random()))}px sans-serif`
    for (let line = 1; line < 6; line++) context.fillText('Căn cước công dân, giấy phép lái xe 0123456789', 0, (line * height) / 22)
  }
  const { data } = context.getImageData(0, 0, width, height)
  const grey = Float32Array.from({ length: width * height }, (_, i) => data[4 * i])
  blur(grey, width, { left: 0, top: 0, right: width, bottom: height }, condition.blur)
  return finish(grey, width, height, random)
}

function degrees(n) {
  return (n * Math.PI) / 180
}

/** Returns numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function modulesOf(code) {
  return code.rows.map((row) => [...row].flatMap((digit) => [8, 4, 2, 1].map((bit) => (parseInt(digit, 16) & bit) !== 0)))
}

/** Chooses how the code lies before the camera. Returns the map from a pixel to
 * the plane of the code, whose modules have side 1, and the corners of the quiet
 * zone in the frame. */
function pose(code, { size: [width, height], codeWidth }, random) {
  const spread = (range) => (2 * random() - 1) * range
  const [roll, yaw, pitch] = [spread(maxRotation), spread(maxTilt), spread(maxTilt)]
  const side = code.rows.length
  const focal = width / 2 / Math.tan(fieldOfView / 2)
  const distance = (focal * side) / codeWidth
  const rotation = multiply(
    [1, 0, 0, 0, Math.cos(pitch), -Math.sin(pitch), 0, Math.sin(pitch), Math.cos(pitch)],
    multiply(
      [Math.cos(yaw), 0, Math.sin(yaw), 0, 1, 0, -Math.sin(yaw), 0, Math.cos(yaw)],
      [Math.cos(roll), -Math.sin(roll), 0, Math.sin(roll), Math.cos(roll), 0, 0, 0, 1],
    ),
  )
  const camera = [focal, 0, width / 2 + spread(width / 20), 0, focal, height / 2 + spread(height / 20), 0, 0, 1]
  // A point of the plane, with the centre of the code in the origin, turned and moved away.
  const [a, b, , d, e, , g, h] = rotation
  const plane = [a, b, 0, d, e, 0, g, h, distance]
  const centre = [1, 0, -side / 2, 0, 1, -side / 2, 0, 0, 1]
  const forward = multiply(camera, multiply(plane, centre))
  const [from, to] = [-quietZone, side + quietZone]
  const corners = [[from, from], [to, from], [from, to], [to, to]].map(([x, y]) => apply(forward, x, y))
  return { inverse: invert(forward), corners }
}

function multiply(a, b) {
  return a.map((_, i) => [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k] * b[3 * k + (i % 3)], 0))
}

function invert([a, b, c, d, e, f, g, h, i]) {
  // The adjugate: a homography has no scale.
  return [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d]
}

function apply([a, b, c, d, e, f, g, h, i], x, y) {
  const w = g * x + h * y + i
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w]
}

function bounds(corners, margin, width, height) {
  const clamp = (value, top) => Math.max(0, Math.min(top, Math.round(value)))
  const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis]))
  return {
    left: clamp(Math.min(...xs) - margin, width),
    right: clamp(Math.max(...xs) + margin, width),
    top: clamp(Math.min(...ys) - margin, height),
    bottom: clamp(Math.max(...ys) + margin, height),
  }
}

function sample(grey, width, box, [a, b, c, d, e, f, g, h, i], modules) {
  const side = modules.length
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      let sum = 0
      for (let s = 0; s < samples * samples; s++) {
        const px = x + ((s % samples) + 0.5) / samples
        const py = y + (Math.floor(s / samples) + 0.5) / samples
        const w = g * px + h * py + i
        const u = Math.floor((a * px + b * py + c) / w)
        const v = Math.floor((d * px + e * py + f) / w)
        if (u < -quietZone || v < -quietZone || u >= side + quietZone || v >= side + quietZone) sum += table
        else sum += modules[v]?.[u] && u < side ? dark : light
      }
      grey[y * width + x] = sum / (samples * samples)
    }
  }
}

/** Blurs a box in place, one direction after the other. */
function blur(grey, width, { left, right, top, bottom }, sigma) {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)))
  const total = weights.reduce((sum, weight) => sum + weight)
  const pass = (lines, length, at) => {
    const line = new Float32Array(length)
    for (let l = 0; l < lines; l++) {
      for (let p = 0; p < length; p++) {
        let sum = 0
        for (let k = -reach; k <= reach; k++) sum += weights[k + reach] * grey[at(l, Math.max(0, Math.min(length - 1, p + k)))]
        line[p] = sum / total
      }
      for (let p = 0; p < length; p++) grey[at(l, p)] = line[p]
    }
  }
  pass(bottom - top, right - left, (l, p) => (top + l) * width + left + p)
  pass(right - left, bottom - top, (l, p) => (top + p) * width + left + l)
}

/** Adds light from one side and the noise of the sensor, and compresses. */
async function finish(grey, width, height, random) {
  const angle = random() * 2 * Math.PI
  const [dx, dy] = [Math.cos(angle) / width, Math.sin(angle) / height]
  const normal = Float32Array.from({ length: 1 << 14 }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
  const image = new ImageData(width, height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const lit = 0.85 + 0.15 * Math.SQRT2 * (dx * (x - width / 2) + dy * (y - height / 2)) // 0.7 to 1
      const value = grey[i] * lit + noise * normal[(random() * normal.length) | 0]
      image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = value
      image.data[4 * i + 3] = 255
    }
  }
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d').putImageData(image, 0, 0)
  return canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality })
}
