// A small server for browser tests: files by the address that stands for them.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', mjs: 'text/javascript', json: 'application/json' }

/** Serves files on a free port of this machine: folders maps the beginning of a
 * path to a folder, texts a whole path to its content. requests collects every
 * path that was asked for. */
export async function serve({ folders = {}, texts = {} }) {
  const requests = []
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname
    requests.push(path)
    const type = types[path.split('.').at(-1)] ?? 'text/plain; charset=utf-8'
    // Isolated pages have a finer clock, which the benchmark needs.
    const headers = { 'Content-Type': type, 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    try {
      const from = Object.keys(folders).find((prefix) => path.startsWith(prefix))
      const body = texts[path] ?? readFileSync(new URL(path.slice(from.length), folders[from]))
      response.writeHead(200, headers).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((done) => server.close(done).closeAllConnections()),
  }
}
