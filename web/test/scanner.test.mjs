// The scanner with a camera that Chromium plays from a file, and without one.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'
import { codes, launch, skip } from './scanpage.mjs'

const [code] = codes
const second = codes.find(({ version }) => version === 10)

/** Writes a video of one frame as a camera gives it: light grey, with codes in it. */
function film(path, ...shown) {
  const [width, height, scale] = [1280, 720, 6]
  const luma = Buffer.alloc(width * height, 220)
  shown.forEach(({ rows }, n) => {
    const side = rows.length
    const left = Math.round((width * (2 * n + 1)) / (2 * shown.length) - (side * scale) / 2)
    const top = Math.round((height - side * scale) / 2)
    for (let y = 0; y < side * scale; y++) {
      const row = BigInt('0x' + rows[Math.floor(y / scale)])
      const bits = BigInt(4 * rows[0].length)
      for (let x = 0; x < side * scale; x++) {
        if ((row >> (bits - 1n - BigInt(Math.floor(x / scale)))) & 1n) luma[(top + y) * width + left + x] = 20
      }
    }
  })
  const chroma = Buffer.alloc((width * height) / 2, 128)
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\nFRAME\n`), luma, chroma]))
}

/** Makes the code of any text or bytes, in the form of bench/codes.json. eci is the
 * number of the character set that the code names: 26 is UTF-8, 0 none. */
async function codeOf(input, eci) {
  const { symbol, error } = await writeBarcode(input, { format: 'QRCode', scale: 1, addQuietZones: false, options: `eci=${eci}` })
  assert.equal(error, '')
  const rows = Array.from({ length: symbol.height }, (_, y) => {
    const bits = Array.from(symbol.data.subarray(y * symbol.width, (y + 1) * symbol.width), (value) => (value ? '0' : '1')).join('')
    return bits.padEnd(Math.ceil(symbol.width / 8) * 8, '0').replace(/..../g, (four) => parseInt(four, 2).toString(16))
  })
  return { rows }
}

/** Starts Chromium with a camera that shows codes. */
async function withCamera(t, ...shown) {
  const folder = mkdtempSync(join(tmpdir(), 'giayto-scanner-'))
  t.after(() => rmSync(folder, { recursive: true }))
  film(join(folder, 'camera.y4m'), ...shown)
  const browser = await launch('scanner-page.js', {
    args: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${join(folder, 'camera.y4m')}`],
  })
  t.after(browser.close)
  return browser
}

test('with a camera', { skip }, async (t) => {
  const browser = await withCamera(t, code, second)
  /** Runs a function in a page that has the camera, unless told otherwise. */
  const run = async (work, argument, options = {}) => {
    const { page, failures } = await browser.open({ permissions: ['camera'], ...options })
    const result = await page.evaluate(work, argument)
    await page.context().close()
    assert.deepEqual(failures, [])
    return result
  }

  await t.test('reads every code of a frame, exactly', async () => {
    const { texts, playing, reader } = await run(async () => {
      const { scanner, told, until } = make()
      await scanner.start(video)
      await until(({ texts }) => texts.length >= 2)
      const playing = [video.muted, video.playsInline, video.autoplay, video.paused, video.videoWidth]
      scanner.stop()
      return { texts: told.texts, playing, reader: scanner.reader }
    })
    assert.deepEqual(new Set(texts.slice(0, 2).map(({ text }) => text)), new Set([code.text, second.text]))
    for (const { age } of texts) assert.ok(age > 0 && age < 10_000, `frame ${age} ms before its text`)
    assert.deepEqual(playing, [true, true, true, false, 1280])
    assert.equal(reader, 'bundled')
  })

  await t.test('pause reads no frame and tells no text of one that was being read', async () => {
    const [atPause, afterPause, resumed] = await run(async () => {
      const { scanner, told, until } = make()
      await scanner.start(video)
      await until(({ texts }) => texts.length > 0)
      scanner.pause()
      const atPause = told.texts.length
      // Ten frames later nothing has been told.
      for (let i = 0; i < 10; i++) await new Promise((next) => video.requestVideoFrameCallback(next))
      const afterPause = told.texts.length
      scanner.resume()
      await until(({ texts }) => texts.length > afterPause)
      scanner.stop()
      return [atPause, afterPause, told.texts.length]
    })
    assert.equal(afterPause, atPause)
    assert.ok(resumed > atPause)
  })

  await t.test('stop releases the camera, and start opens it again', async () => {
    const states = await run(async () => {
      const { scanner, told, until } = make()
      await scanner.start(video)
      const track = video.srcObject.getVideoTracks()[0]
      scanner.stop()
      const states = [track.readyState, video.srcObject]
      await scanner.start(video)
      const before = told.texts.length
      await until(({ texts }) => texts.length > before)
      scanner.stop()
      return states
    })
    assert.deepEqual(states, ['ended', null])
  })

  await t.test('a start that stop or another start overtakes leaves no camera open', async () => {
    const result = await run(async () => {
      const opened = []
      const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await getUserMedia(constraints)
        opened.push(...stream.getTracks())
        return stream
      }
      const { scanner, until } = make()
      const first = faultOf(scanner.start(video))
      const other = faultOf(scanner.start(video))
      const third = scanner.start(video)
      const faults = [await first, await other, await faultOf(third)]
      await until(({ texts }) => texts.length > 0)
      const live = opened.filter((track) => track.readyState === 'live').length
      const last = faultOf(scanner.start(video))
      scanner.stop()
      faults.push(await last)
      return { faults, live, after: opened.filter((track) => track.readyState === 'live').length }
    })
    assert.deepEqual(result, { faults: ['AbortError', 'AbortError', 'none', 'AbortError'], live: 1, after: 0 })
  })

  await t.test('a hidden page has no camera; seen again it reads on', async () => {
    const result = await run(async () => {
      const { scanner, told, until } = make()
      await scanner.start(video)
      const track = video.srcObject.getVideoTracks()[0]
      setHidden(true)
      const hidden = [track.readyState, video.srcObject]
      const before = told.texts.length
      setHidden(false)
      await until(({ texts }) => texts.length > before)
      scanner.stop()
      setHidden(true)
      setHidden(false)
      return { hidden, ended: told.ended, after: video.srcObject }
    })
    assert.deepEqual(result, { hidden: ['ended', null], ended: [], after: null })
  })

  await t.test('a page that comes back to no camera is told', async () => {
    const ended = await run(async () => {
      const { scanner, told, until } = make()
      await scanner.start(video)
      setHidden(true)
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))
      setHidden(false)
      await until(({ ended }) => ended.length > 0)
      return told.ended
    })
    assert.deepEqual(ended, ['busy'])
  })

  await t.test('a camera that goes away is told, with the reason', async () => {
    const lose = async (how) => {
      const { scanner, told, until } = make()
      await scanner.start(video)
      const track = video.srcObject.getVideoTracks()[0]
      if (how === 'unplugged') navigator.mediaDevices.enumerateDevices = async () => []
      if (how === 'forbidden') navigator.permissions.query = async () => ({ state: 'denied' })
      track.dispatchEvent(new Event('ended')) // as when the source ends: stop() tells nobody
      await until(({ ended }) => ended.length > 0)
      return [told.ended, track.readyState, video.srcObject]
    }
    assert.deepEqual(await run(lose, 'taken'), [['busy'], 'ended', null])
    assert.deepEqual(await run(lose, 'unplugged'), [['absent'], 'ended', null])
    assert.deepEqual(await run(lose, 'forbidden'), [['refused'], 'ended', null])
  })

  await t.test('cameras have names after the permission alone, and are chosen by id', async () => {
    const named = async () => {
      const { scanner, told, until } = make()
      const before = await scanner.cameras()
      await scanner.start(video)
      const [camera] = await scanner.cameras()
      await scanner.start(video, camera.id)
      await until(({ texts }) => texts.length > 0)
      const used = video.srcObject.getVideoTracks()[0].getSettings().deviceId
      const gone = await faultOf(scanner.start(video, 'no-such-camera'))
      return { before: before.length, label: camera.label !== '', same: used === camera.id, gone, open: video.srcObject }
    }
    const { before, ...rest } = await run(named)
    assert.deepEqual(rest, { label: true, same: true, gone: 'absent', open: null })
    const unasked = await run(async () => (await make().scanner.cameras()).length, undefined, { permissions: [] })
    assert.equal(unasked, 0)
  })

  await t.test('permission refused', async () => {
    const result = await run(async () => [await faultOf(make().scanner.start(video)), video.srcObject], undefined, { permissions: [] })
    assert.deepEqual(result, ['refused', null])
  })

  await t.test('the light of a camera that has one and of one that has none', async () => {
    const result = await run(async () => {
      const { scanner } = make()
      const before = [scanner.torch(), await faultOf(scanner.setTorch(true))]
      await scanner.start(video)
      const none = [scanner.torch(), await faultOf(scanner.setTorch(true))]
      const track = video.srcObject.getVideoTracks()[0]
      const asked = []
      track.getCapabilities = () => ({ torch: true })
      track.applyConstraints = async (constraints) => void asked.push(constraints)
      const off = scanner.torch()
      await scanner.setTorch(true)
      const on = scanner.torch()
      track.applyConstraints = () => Promise.reject(new DOMException('', 'NotReadableError'))
      const fault = await faultOf(scanner.setTorch(false))
      const still = scanner.torch()
      scanner.stop()
      return { before, none, off, on, fault, still, asked, after: scanner.torch() ?? 'none' }
    })
    assert.deepEqual(result, {
      before: [undefined, 'unsupported'],
      none: [undefined, 'unsupported'],
      off: false,
      on: true,
      fault: 'busy',
      still: true,
      asked: [{ advanced: [{ torch: true }] }],
      after: 'none',
    })
  })

  await t.test('the reader of the browser is preferred, and left when it fails', async () => {
    const read = async () => {
      const { scanner, told, until } = make()
      const before = scanner.reader
      await scanner.start(video)
      await until(({ texts }) => texts.length >= 2)
      scanner.stop()
      const loaded = performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/reader.worker.js'))
      return { before, after: scanner.reader, texts: told.texts.slice(0, 2).map(({ text }) => text), loaded }
    }
    const with_ = (before) => run(read, undefined, { before })
    const both = [code.text, second.text].sort()
    const good = await with_(() => {
      globalThis.BarcodeDetector = class {
        static getSupportedFormats = async () => ['ean_13', 'qr_code']
        detect = async (image) => (image.width === 1280 ? [{ rawValue: 'one' }, { rawValue: 'two' }] : [])
      }
    })
    assert.deepEqual(good, { before: 'barcode-detector', after: 'barcode-detector', texts: ['one', 'two'], loaded: false })
    const failing = {
      'other formats': () => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = async () => ['ean_13']
        }
      },
      'no service': () => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = async () => ['qr_code']
          detect = () => Promise.reject(new DOMException('', 'NotSupportedError'))
        }
      },
      'no formats told': () => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = () => Promise.reject(new DOMException('', 'UnknownError'))
        }
      },
      'no answer': () => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = async () => ['qr_code']
          detect = () => new Promise(() => undefined)
        }
        const wait = setTimeout
        globalThis.setTimeout = (done, milliseconds) => wait(done, milliseconds === 3000 ? 0 : milliseconds)
      },
    }
    for (const [name, before] of Object.entries(failing)) {
      const { texts, ...rest } = await with_(before)
      assert.deepEqual({ ...rest, texts: texts.sort() }, { before: 'barcode-detector', after: 'bundled', texts: both, loaded: true }, name)
    }
  })

  for (const path of ['/reader.wasm', '/reader.worker.js']) {
    await t.test(`without ${path} there is no scanning until it is there`, async () => {
      const { page } = await browser.open({ permissions: ['camera'] })
      browser.broken.add(path)
      const without = await page.evaluate(async () => {
        globalThis.made = make()
        return [await faultOf(made.scanner.start(video)), video.srcObject, made.told.ended.length]
      })
      browser.broken.delete(path)
      assert.deepEqual(without, ['failed', null, 0])
      const texts = await page.evaluate(async () => {
        await made.scanner.start(video)
        await made.until(({ texts }) => texts.length > 0)
        made.scanner.stop()
        return made.told.texts.map(({ text }) => text)
      })
      assert.ok(texts.includes(code.text))
      await page.context().close()
    })
  }

  await t.test('a worker that dies while it reads is replaced', async () => {
    const result = await run(async () => {
      const workers = []
      globalThis.Worker = class extends Worker {
        constructor(...args) {
          super(...args)
          workers.push(this)
        }
      }
      const { scanner, told, until } = make()
      await scanner.start(video)
      workers[0].dispatchEvent(new ErrorEvent('error', { cancelable: true, message: 'out of memory' }))
      const before = told.texts.length
      await until(({ texts }) => texts.length > before)
      scanner.stop()
      return [workers.length, told.ended]
    })
    assert.deepEqual(result, [2, []])
  })
})

test('with a camera that sees no code', { skip }, async (t) => {
  const { page } = await (await withCamera(t)).open({ permissions: ['camera'] })
  const texts = await page.evaluate(async () => {
    const { scanner, told, until } = make()
    await scanner.start(video)
    await until(({ nothing }) => nothing >= 10)
    scanner.stop()
    return told.texts
  })
  assert.deepEqual(texts, [])
})

test('without a camera', { skip }, async (t) => {
  const browser = await launch('scanner-page.js', { args: ['--host-resolver-rules=MAP shop.example 127.0.0.1'] })
  t.after(browser.close)
  const { page } = await browser.open({ permissions: ['camera'] })
  const wasmBinary = readFileSync(new URL('../node_modules/zxing-wasm/dist/writer/zxing_writer.wasm', import.meta.url)).buffer
  prepareZXingModule({ overrides: { wasmBinary } })

  await t.test('there is none', async () => {
    const result = await page.evaluate(async () => [await faultOf(make().scanner.start(video)), await make().scanner.cameras()])
    assert.deepEqual(result, ['absent', []])
  })

  await t.test('a page that is no secure context', async () => {
    const { page } = await browser.open({ host: 'shop.example' })
    const result = await page.evaluate(async () => [isSecureContext, await faultOf(make().scanner.start(video)), await make().scanner.cameras()])
    assert.deepEqual(result, [false, 'insecure', []])
  })

  await t.test('a browser without cameras or WebAssembly', async () => {
    const without = async (before) => {
      const { page } = await browser.open({ before })
      return page.evaluate(() => faultOf(make().scanner.start(video)))
    }
    assert.equal(await without(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined })), 'unsupported')
    assert.equal(await without(() => delete globalThis.WebAssembly), 'unsupported')
  })

  const readImage = (shown, options) =>
    page.evaluate(async ([shown, options]) => make().scanner.readImage(await picture(shown, options)), [shown, options])

  await t.test('pictures of every version are read', async () => {
    for (const one of codes) assert.deepEqual(await readImage([one]), [one.text], `version ${one.version}`)
    // Where workers cannot draw, the page does (Safari before 16.4).
    const blob = await page.evaluate(async (shown) => [...new Uint8Array(await (await picture(shown)).arrayBuffer())], [code])
    const old = await browser.open({ before: () => delete globalThis.OffscreenCanvas })
    const texts = await old.page.evaluate(async (bytes) => make().scanner.readImage(new Blob([new Uint8Array(bytes)], { type: 'image/png' })), blob)
    assert.deepEqual(texts, [code.text])
    assert.deepEqual((await readImage([code, second], { type: 'image/jpeg' })).sort(), [code.text, second.text].sort())
    assert.deepEqual(await readImage([code], { inverted: true, type: 'image/webp' }), [code.text])
  })

  await t.test('of the frames of a camera one in four is read light on dark too', async () => {
    const read = (inverted) =>
      page.evaluate(
        async ([code, inverted]) => {
          const reader = await bundledReader(assets)
          const read = []
          for (let i = 0; i < 8; i++) read.push((await reader.read(await createImageBitmap(await picture([code], { inverted })), false)).length)
          return read.reduce((sum, n) => sum + n)
        },
        [code, inverted],
      )
    assert.deepEqual([await read(false), await read(true)], [8, 2])
  })

  await t.test('a picture in which the browser finds nothing is read by the bundled reader', async () => {
    const { page } = await browser.open({
      before: () => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = async () => ['qr_code']
          detect = async () => []
        }
      },
    })
    const look = () =>
      page.evaluate(async (code) => {
        globalThis.made ??= make()
        const file = await picture([code])
        return made.scanner.readImage(file).catch(({ fault }) => fault)
      }, code)
    browser.broken.add('/reader.wasm')
    assert.equal(await look(), 'failed')
    browser.broken.delete('/reader.wasm')
    assert.deepEqual(await look(), [code.text])
    assert.equal(await page.evaluate(() => made.scanner.reader), 'barcode-detector')
  })

  await t.test('texts of a printed card come out as they were written', async () => {
    const card = '001099000007|012345678|NGUYỄN THỊ MẪU|01011999|Nữ|Số 1, phường Ví Dụ, Hà Nội|23112026'
    for (const text of [card, 'Nữ', 'ĐẶNG', 'MẪU\r\n', 'https://example.com/?a=%20+b', 'VN1:ABC DEF ']) {
      const bytes = new TextEncoder().encode(text)
      assert.deepEqual(await readImage([await codeOf(text, 26)]), [text], `${text}, named UTF-8`)
      assert.deepEqual(await readImage([await codeOf(bytes, 0)]), [text], `${text}, no name`)
      assert.deepEqual(await readImage([await codeOf(bytes, 899)]), [text], `${text}, binary`)
    }
    assert.deepEqual(await readImage([await codeOf(new TextEncoder().encode('\ufeffMẪU'), 0)]), ['\ufeffMẪU'])
    assert.deepEqual(await readImage([await codeOf('MÃ©', 3)]), ['MÃ©']) // named ISO 8859-1, though valid UTF-8
    // What is no UTF-8 is read as something, and ends nothing.
    assert.equal((await readImage([await codeOf(Uint8Array.of(0xc3, 0x28, 0xff, 0xfe), 0)])).length, 1)
  })

  await t.test('files that hold no code, no picture or too much', async () => {
    const faults = await page.evaluate(async () => {
      const { scanner } = make()
      const blank = await picture([])
      const cut = (await picture([], { type: 'image/jpeg' })).slice(0, 100)
      const svg = new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'], { type: 'image/svg+xml' })
      // A GIF of 35 bytes whose first frame is one pixel of so many.
      const gif = (width, height) =>
        new Blob([Uint8Array.of(71, 73, 70, 56, 57, 97, width & 255, width >> 8, height & 255, height >> 8, 128, 0, 0, 0, 0, 0, 255, 255, 255, 44, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 68, 1, 0, 59)])
      const [empty, text, fat] = [new Blob([]), new Blob(['no picture']), new Blob([new Uint8Array(20 * 1024 * 1024 + 1)])]
      const named = { empty, text, cut, svg, fat, wide: gif(8001, 5000), vast: gif(65535, 65535) }
      const faults = { blank: await scanner.readImage(blank), small: await scanner.readImage(gif(1, 1)) }
      for (const [name, file] of Object.entries(named)) faults[name] = await faultOf(scanner.readImage(file))
      return faults
    })
    const no = 'not_an_image'
    assert.deepEqual(faults, { blank: [], small: [], empty: no, text: no, cut: no, svg: no, fat: 'too_large', wide: 'too_large', vast: no })
  })

  await t.test('a large photograph is read, made smaller', async () => {
    const texts = await page.evaluate(async (shown) => {
      const code = await createImageBitmap(await picture([shown]))
      const canvas = new OffscreenCanvas(7000, 5000)
      const context = canvas.getContext('2d')
      context.fillStyle = 'gray'
      context.fillRect(0, 0, 7000, 5000)
      context.drawImage(code, 3000, 2000, 700, 700)
      return make().scanner.readImage(await canvas.convertToBlob({ type: 'image/jpeg' }))
    }, second)
    assert.deepEqual(texts, [second.text])
  })
})
