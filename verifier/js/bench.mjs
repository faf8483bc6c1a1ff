// Prints what a check costs beside one raw WebCrypto verification, in Node and in
// Chromium, and fails above the bound, unless --report asks for the figures alone.
import * as sdk from './dist/index.js'
import { launch, skip } from './test/browser.mjs'
import { repositoryFile, vector } from './test/files.mjs'
import { ratio } from './test/ratio.mjs'
import { serve } from './test/serve.mjs'

const BOUND = 1.6
const sample = vector('can_cuoc: five fields')

async function inChromium() {
  const server = await serve({
    folders: { '/dist/': repositoryFile('verifier/js/dist/'), '/test/': repositoryFile('verifier/js/test/') },
    texts: { '/': '<!doctype html><link rel="icon" href="data:,">' },
  })
  const browser = await launch()
  try {
    const page = await browser.newPage()
    await page.goto(server.origin + '/')
    return await page.evaluate(async (v) => {
      const [sdk, { ratio }] = await Promise.all([import('/dist/index.js'), import('/test/ratio.mjs')])
      return ratio(sdk, v)
    }, sample)
  } finally {
    await browser.close()
    await server.close()
  }
}

function report(where, { raw, check, ratio }) {
  console.log(`${where.padEnd(10)} raw ${raw.toFixed(0)} µs, check ${check.toFixed(0)} µs, ratio ${ratio.toFixed(2)} (bound ${BOUND})`)
  if (!(ratio <= BOUND) && !process.argv.includes('--report')) process.exitCode = 1
}

report('Node', await ratio(sdk, sample))
if (skip) console.log(`Chromium   left out: ${skip}`)
else report('Chromium', await inChromium())
