// Plays every vector inside a worker.
import * as sdk from '/dist/index.js'
import { playAll } from './fixture.mjs'

const { vectors } = await (await fetch('/vectors.json')).json()
postMessage(await playAll(sdk, vectors))
