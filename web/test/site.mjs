// A small site whose builds can change and which can be stopped, for the tests of
// the service worker: the real sw.ts and updates.ts around a page of nothing.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** Bundles one file as build.mjs does; define holds the constants of the build. */
async function bundle(stdin, format, define) {
  const result = await build({
    absWorkingDir: folder,
    stdin: { contents: stdin, resolveDir: folder, loader: 'ts' },
    bundle: true,
    format,
    target: 'es2022',
    write: false,
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
  })
  return result.outputFiles[0].text
}

/** The files of one build: a page that counts what updates tells it, one more
 * asset, and a worker that is loaded late. */
async function files(id) {
  const script = `/assets/page-${id}.js`
  const late = `/assets/late-${id}.js`
  const reader = `/verify/reader-${id}.js`
  const define = { PAGE: '/verify', BUILD_ID: id, READER_WORKER_URL: reader, PRECACHE: ['/verify', script, late, reader] }
  const page = `
    import { register } from './src/shared/updates'
    import { scriptURL } from './src/shared/trusted'
    const page = globalThis as any
    page.build = BUILD_ID
    page.waiting = 0
    page.late = () => fetch(${JSON.stringify(late)}).then((answer) => (answer.ok ? answer.text() : 'status ' + answer.status), () => 'no network')
    page.reader = () => new Promise((done) => {
      const worker = new Worker(scriptURL(READER_WORKER_URL))
      worker.onmessage = (event) => done(event.data)
      worker.onerror = () => done('no worker')
    })
    page.updates = register(() => page.waiting++)`
  const pageScript = await bundle(page, 'esm', define)
  const workerScript = await bundle("import './src/sw/sw'", 'iife', define)
  const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types giayto"
  // No other cache answers in the place of the service worker.
  const js = { 'content-type': 'text/javascript', 'cache-control': 'no-store' }
  return {
    '/verify': {
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': policy },
      body: (data) => `<!doctype html><meta name="giayto-build" content="${id}"><title>${data}</title><script type="module" src="${script}"></script>`,
    },
    [script]: { headers: js, body: () => pageScript },
    [late]: { headers: js, body: () => `late ${id}` },
    [reader]: { headers: js, body: () => `postMessage('reader ${id}')` },
    '/verify/sw.js': {
      headers: { 'content-type': 'text/javascript', 'cache-control': 'no-cache', 'service-worker-allowed': '/verify' },
      body: () => workerScript,
    },
    '/v1/public/trust-list': { headers: { 'content-type': 'application/jwt' }, body: (data) => `list ${data}` },
  }
}

/** Starts a site with the build of this id. */
export async function start(id) {
  const site = {
    /** What the page is told, here in its title. */
    data: 'one',
    /** Addresses that answer 404 although the build has them. */
    missing: new Set(),
    /** The addresses that were asked for. */
    asked: [],
    /** Puts a build in the place of the one before. */
    async deploy(id) {
      site.files = await files(id)
    },
    /** From now on no connection is answered, as without a network. */
    async stop() {
      await new Promise((done) => {
        server.close(done)
        server.closeAllConnections()
      })
    },
  }
  await site.deploy(id)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site')
    site.asked.push(pathname)
    const file = site.missing.has(pathname) ? undefined : site.files[pathname]
    response.writeHead(file ? 200 : 404, file?.headers)
    response.end(file?.body(site.data))
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  site.origin = `http://127.0.0.1:${server.address().port}`
  return site
}
