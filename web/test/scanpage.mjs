// Chromium with the scanner's bundled reader beside a script of ours, for the
// tests and the measurement of the scanner.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { launch as startChromium } from './chromium.mjs'

export { skip } from './chromium.mjs'

/** The codes of bench/codes.json: version, level, text, rows of modules in hex. */
export const { codes } = JSON.parse(readFileSync(new URL('../bench/codes.json', import.meta.url)))

// What the product's page may do, as far as scanning goes.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src blob:"
const readerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"

/** Starts Chromium and a server whose page / loads the script at a path beside
 * this file, with the scanner's worker at /reader.worker.js and the code of the
 * reader at /reader.wasm. Only where inPage is set may the page itself run the
 * reader. broken is a set of paths that are not found. */
export async function launch(script, { args = [], inPage = false } = {}) {
  const here = (path) => fileURLToPath(new URL(path, import.meta.url))
  const bundle = await build({
    entryPoints: { script: here(script), 'reader.worker': here('../src/scan/reader.worker.ts') },
    bundle: true,
    format: 'esm',
    target: 'es2023',
    outdir: here('.'),
    write: false,
  })
  const served = new Map([
    ['/', ['text/html; charset=utf-8', '<!doctype html><title>Giayto</title><video></video><script type="module" src="/script.js"></script>']],
    ['/reader.wasm', ['application/wasm', readFileSync(here('../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'))]],
    ...bundle.outputFiles.map((file) => [`/${file.path.split(/[/\\]/).at(-1)}`, ['text/javascript', file.contents]]),
  ])
  const broken = new Set()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const found = served.get(pathname)
    if (!found || broken.has(pathname)) return response.writeHead(404).end()
    response.writeHead(200, {
      'Content-Type': found[0],
      'Content-Security-Policy': pathname === '/reader.worker.js' || inPage ? readerPolicy : policy,
      // Isolated pages have a finer clock.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    })
    response.end(found[1])
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  let browser
  const close = async () => {
    await browser?.close()
    await new Promise((done) => server.close(done).closeAllConnections())
  }
  try {
    browser = await startChromium({ args })
  } catch (error) {
    await close()
    throw error
  }
  return {
    broken,
    close,
    /** Opens a page of its own context, with these permissions and a function that
     * runs before its script. */
    async open({ permissions = [], before, host = '127.0.0.1' } = {}) {
      const context = await browser.newContext({ permissions })
      const page = await context.newPage()
      if (before) await page.addInitScript(before)
      const failures = []
      const failed = new Promise((_, reject) => page.on('pageerror', (error) => reject(failures[failures.push(error) - 1])))
      failed.catch(() => undefined)
      await page.goto(`http://${host}:${port}/`)
      await Promise.race([page.waitForFunction(() => globalThis.ready), failed])
      return { page, failures }
    },
  }
}
