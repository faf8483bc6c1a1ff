import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { read, repositoryFile } from './files.mjs'

const here = 'verifier/js/'
const dist = (name) => read(`${here}dist/${name}`)
const packed = (...names) => names.reduce((sum, name) => sum + gzipSync(dist(name), { level: 9 }).length, 0)

/** Bytes, minified and packed with gzip. */
const MAX_CORE = 15 * 1024
const MAX_WHOLE = 25 * 1024

test('the package stays small', (t) => {
  const core = packed('core.js')
  const whole = packed('core.js', 'catalog.js', 'index.js')
  t.diagnostic(`core ${core} bytes, with the catalogue ${whole}`)
  assert.ok(core <= MAX_CORE, `${core} bytes`)
  assert.ok(whole <= MAX_WHOLE, `${whole} bytes`)
})

test('nothing in it could open a connection', () => {
  for (const name of readdirSync(repositoryFile(`${here}dist/`)).filter((f) => f.endsWith('.js'))) {
    const code = name === 'catalog.js' ? dist(name).replace(/"(?:[^"\\]|\\.)*"/g, '""') : dist(name) // labels are words of all kinds
    assert.doesNotMatch(code, /\b(fetch|XMLHttpRequest|WebSocket|WebTransport|EventSource|sendBeacon|importScripts|RTCPeerConnection|Worker|Image|eval|Function|require|process|document|window)\b\s*([([]|\.\w)/, name)
    assert.doesNotMatch(code, /\bimport\s*\(|https?:\/\//, name)
    for (const [, from] of code.matchAll(/\bfrom\s*["']([^"']+)["']/g)) assert.match(from, /^\.\/(core|catalog)\.js$/, name)
  }
})

test('it depends on nothing, and the lock file names no registry', () => {
  const manifest = JSON.parse(read(`${here}package.json`))
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) assert.equal(manifest[kind], undefined)
  assert.doesNotMatch(read(`${here}package-lock.json`), /"resolved"/)
  assert.equal(manifest.license, 'Apache-2.0')
})

test('what is packed is what a user needs', () => {
  const out = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: fileURLToPath(repositoryFile(here)), encoding: 'utf8' })
  const said = JSON.parse(out)
  const { files } = Array.isArray(said) ? said[0] : Object.values(said)[0]
  const names = files.map((f) => f.path)
  for (const needed of ['README.md', 'LICENSE', 'package.json', 'dist/index.js', 'dist/core.js', 'dist/catalog.js', 'dist/index.d.ts', 'dist/core.d.ts', 'dist/catalog.d.ts']) assert.ok(names.includes(needed), needed)
  assert.deepEqual(names.filter((n) => !/^(README\.md|LICENSE|package\.json|dist\/.*\.(js|d\.ts))$/.test(n)), [])
})

test('the types say what the code does', () => {
  const tsc = fileURLToPath(repositoryFile(`${here}node_modules/typescript/bin/tsc`))
  for (const project of ['test/types', 'test/types/tsconfig.bundler.json']) {
    try {
      execFileSync(process.execPath, [tsc, '-p', project], { cwd: fileURLToPath(repositoryFile(here)), encoding: 'utf8' })
    } catch (e) {
      assert.fail(e.stdout)
    }
  }
})
