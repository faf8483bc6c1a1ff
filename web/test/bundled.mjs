import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Bundles sources of the pages, named by an entry in TypeScript, and gives what
 * they export, for tests without a browser. */
export async function bundled(contents) {
  const resolveDir = fileURLToPath(new URL('..', import.meta.url))
  const { outputFiles } = await build({ stdin: { contents, resolveDir, loader: 'ts' }, bundle: true, format: 'esm', platform: 'neutral', mainFields: ['module', 'main'], conditions: ['import'], write: false, logLevel: 'warning' })
  return import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'))
}
