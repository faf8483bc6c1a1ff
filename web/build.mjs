// Builds the pages into server/web/dist, or the folder that is given. The output
// is committed, embedded in the server, and must come out the same everywhere.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const outdir = resolve(process.argv[2] ?? fileURLToPath(new URL('../server/web/dist', import.meta.url)))
const folder = fileURLToPath(new URL('.', import.meta.url))
process.chdir(folder)

const options = {
  absWorkingDir: folder,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
  // Hashes in names must not depend on the folder that is written at the end.
  outdir: 'dist',
  metafile: true,
  assetNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  publicPath: '/',
  loader: { '.woff2': 'file' },
}

/** What stands at fixed addresses; every other file has a hash in its name. */
const PAGE = '/verify'
const MANIFEST = '/verify/manifest.webmanifest'
const SERVICE_WORKER = '/verify/sw.js'

const digest = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex').slice(0, 16)

/** Bundles entry points of src, adds what comes out to files, and returns the
 * addresses of the entry points. */
async function bundle(files, entryPoints, change) {
  const result = await build({ ...options, entryPoints, ...change })
  const root = resolve(options.outdir)
  for (const file of result.outputFiles) files.set(file.path.slice(root.length), file.contents)
  const built = Object.entries(result.metafile.outputs)
  return entryPoints.map(({ in: source }) => built.find(([, output]) => output.entryPoint === source)[0].slice(options.outdir.length))
}

/** Adds a file under a name with its hash, and returns its address. */
function hashed(files, path) {
  const content = readFileSync(path)
  const extension = extname(path)
  const address = `/assets/${basename(path, extension)}-${digest(content)}${extension}`
  files.set(address, content)
  return address
}

/** All files of one build by their addresses. */
async function files(buildID) {
  const files = new Map()
  const wasm = hashed(files, fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')))
  // A service worker is asked for a worker's script only inside its scope, so this
  // one stands under /verify.
  const define = { BUILD_ID: JSON.stringify(buildID), READER_WASM_URL: JSON.stringify(wasm) }
  const [reader] = await bundle(files, [{ in: 'src/scan/reader.worker.ts', out: 'verify/reader' }], { define, entryNames: '[dir]/[name]-[hash]' })
  define.READER_WORKER_URL = JSON.stringify(reader)
  const [script, style] = await bundle(
    files,
    [
      { in: 'src/verify/main.ts', out: 'assets/verify' },
      { in: 'src/verify/verify.css', out: 'assets/verify' },
    ],
    { define, entryNames: '[dir]/[name]-[hash]', splitting: true },
  )

  const icons = new Map()
  for (const name of readdirSync('static').filter((name) => /^icon.*\.(svg|png)$/.test(name) && name !== 'icon-maskable.svg').sort()) {
    icons.set(name, hashed(files, join('static', name)))
  }
  const manifest = JSON.parse(readFileSync('static/manifest.webmanifest', 'utf8'))
  for (const icon of manifest.icons) icon.src = icons.get(icon.src)
  files.set(MANIFEST, JSON.stringify(manifest))

  const fonts = [...files.keys()].filter((address) => /be-vietnam-pro-(latin|vietnamese)-(400|600|700)-/.test(address)).sort()
  files.set(PAGE, page({ buildID, script, style, icons, fonts }))

  const precache = [...files.keys()].sort()
  await bundle(files, [{ in: 'src/sw/sw.ts', out: 'verify/sw' }], {
    format: 'iife', // module service workers are younger than what phones run
    define: { BUILD_ID: JSON.stringify(buildID), PRECACHE: JSON.stringify(precache) },
  })
  if (!files.has(SERVICE_WORKER)) throw new Error('the service worker has another address')
  return files
}

/** The page, from its template: everything that has a hash in its address is put
 * in at the end of the head. The server fills in the data when it answers. */
function page({ buildID, script, style, icons, fonts }) {
  const head = [
    `<meta name="giayto-build" content="${buildID}">`,
    '<meta name="theme-color" content="#f6f3ec" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#12181c" media="(prefers-color-scheme: dark)">',
    `<link rel="manifest" href="${MANIFEST}">`,
    `<link rel="icon" type="image/svg+xml" href="${icons.get('icon.svg')}">`,
    `<link rel="apple-touch-icon" href="${icons.get('icon-maskable-180.png')}">`,
    ...fonts.map((font) => `<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`),
    `<link rel="stylesheet" href="${style}">`,
    '<script type="application/json" id="giayto-data"></script>',
    `<script type="module" src="${script}"></script>`,
  ]
  const template = readFileSync('src/verify/index.html', 'utf8')
  if (template.split('</head>').length !== 2) throw new Error('index.html needs one </head>')
  // The policy of the page would refuse them; better here than in the browser.
  const refused = template.match(/<(script|style|link|base|iframe)\b|\sstyle=|\son\w+=/i)
  if (refused) throw new Error(`index.html may not hold ${refused[0].trim()}`)
  return template.replace('</head>', () => `${head.join('\n')}\n</head>`)
}

// The name of the build is a hash over all that it names, itself left open.
const open = await files('')
const buildID = digest(...[...open].sort().flatMap(([address, content]) => [address, '\0', content, '\0']))
const built = await files(buildID)

rmSync(outdir, { recursive: true, force: true })
for (const [address, content] of built) {
  const path = join(outdir, address === PAGE ? '/verify.html' : address)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
