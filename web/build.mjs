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

/** The pages, each at a fixed address with its manifest and its service worker below
 * it; every other file has a hash in its name. src/NAME holds index.html, main.ts and
 * NAME.css, static/NAME manifest and icons. Who checks papers needs the reader of codes
 * without a network; a wallet reads codes only where it asks the server next. */
const pages = [
  { name: 'verify', keepsReader: true },
  { name: 'wallet', keepsReader: false },
]

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

/** All files of one page by their addresses. */
async function files({ name, keepsReader }, buildID) {
  const address = `/${name}`
  const files = new Map()
  const wasm = hashed(files, fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')))
  // A service worker is asked for a worker's script only inside its scope, so this
  // one stands under the address of the page.
  const define = { PAGE: JSON.stringify(address), BUILD_ID: JSON.stringify(buildID), READER_WASM_URL: JSON.stringify(wasm) }
  const [reader] = await bundle(files, [{ in: 'src/scan/reader.worker.ts', out: `${name}/reader` }], { define, entryNames: '[dir]/[name]-[hash]' })
  define.READER_WORKER_URL = JSON.stringify(reader)
  const [script, style] = await bundle(
    files,
    [
      { in: `src/${name}/main.ts`, out: `assets/${name}` },
      { in: `src/${name}/${name}.css`, out: `assets/${name}` },
    ],
    { define, entryNames: '[dir]/[name]-[hash]', splitting: true },
  )

  const folder = join('static', name)
  const icons = new Map()
  for (const icon of readdirSync(folder).filter((icon) => /\.(svg|png)$/.test(icon) && icon !== 'icon-maskable.svg').sort()) {
    icons.set(icon, hashed(files, join(folder, icon)))
  }
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.webmanifest'), 'utf8'))
  for (const icon of manifest.icons) icon.src = icons.get(icon.src)
  const manifestAddress = `${address}/manifest.webmanifest`
  files.set(manifestAddress, JSON.stringify(manifest))

  const fonts = [...files.keys()].filter((file) => /be-vietnam-pro-(latin|vietnamese)-(400|600|700)-/.test(file)).sort()
  files.set(address, page({ name, buildID, script, style, manifest: manifestAddress, icons, fonts }))

  const precache = [...files.keys()].filter((file) => keepsReader || (file !== reader && file !== wasm)).sort()
  await bundle(files, [{ in: 'src/sw/sw.ts', out: `${name}/sw` }], {
    format: 'iife', // module service workers are younger than what phones run
    define: { PAGE: define.PAGE, BUILD_ID: define.BUILD_ID, PRECACHE: JSON.stringify(precache) },
  })
  if (!files.has(`${address}/sw.js`)) throw new Error('the service worker has another address')
  return files
}

/** The page, from its template: everything that has a hash in its address is put
 * in at the end of the head. The server fills in the data when it answers. */
function page({ name, buildID, script, style, manifest, icons, fonts }) {
  const head = [
    `<meta name="giayto-build" content="${buildID}">`,
    '<meta name="theme-color" content="#f6f3ec" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#12181c" media="(prefers-color-scheme: dark)">',
    `<link rel="manifest" href="${manifest}">`,
    `<link rel="icon" type="image/svg+xml" href="${icons.get('icon.svg')}">`,
    `<link rel="apple-touch-icon" href="${icons.get('icon-maskable-180.png')}">`,
    ...fonts.map((font) => `<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`),
    `<link rel="stylesheet" href="${style}">`,
    '<script type="application/json" id="giayto-data"></script>',
    `<script type="module" src="${script}"></script>`,
  ]
  const template = readFileSync(`src/${name}/index.html`, 'utf8')
  if (template.split('</head>').length !== 2) throw new Error('index.html needs one </head>')
  // The policy of the page would refuse them; better here than in the browser.
  const refused = template.match(/<(script|style|link|base|iframe)\b|\sstyle=|\son\w+=/i)
  if (refused) throw new Error(`index.html may not hold ${refused[0].trim()}`)
  return template.replace('</head>', () => `${head.join('\n')}\n</head>`)
}

rmSync(outdir, { recursive: true, force: true })
for (const page of pages) {
  // The name of a build is a hash over all that it names, itself left open.
  const open = await files(page, '')
  const buildID = digest(...[...open].sort().flatMap(([address, content]) => [address, '\0', content, '\0']))
  // Files of two pages that have the same name, such as fonts, are the same.
  for (const [address, content] of await files(page, buildID)) {
    const path = join(outdir, address === `/${page.name}` ? `${address}.html` : address)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
}
