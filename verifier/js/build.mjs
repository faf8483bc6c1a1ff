// Builds dist/, or the folder that is given: three small modules without imports
// from outside, and their types. The output is committed and must come out the
// same everywhere.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const outdir = resolve(process.argv[2] ?? fileURLToPath(new URL('dist', import.meta.url)))
process.chdir(fileURLToPath(new URL('.', import.meta.url)))
rmSync(outdir, { recursive: true, force: true })

const options = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  banner: { js: '// @giayto/verifier, Apache-2.0. Built by make generate.' },
  logLevel: 'warning',
  outdir,
}
await build({ ...options, entryPoints: ['src/core.ts', 'src/catalog.ts'] })
// The entry point with both keeps them apart, so that a page loads each once.
await build({ ...options, entryPoints: ['src/index.ts'], external: ['./core.js', './catalog.js'] })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.', '--outDir', outdir], { stdio: 'inherit' })
