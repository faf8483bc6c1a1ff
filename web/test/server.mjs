// The real server and wallets on it. internal/browser builds the programs, one of
// them for each clock that a test needs, and names their folder in GIAYTO_BIN.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const bin = process.env.GIAYTO_BIN

/** Why tests with a server are left out, or false. */
export const skip = !bin && 'go test ./internal/browser builds the server'

/** The personal number of the demo citizen whose name has 15 words, and whose
 * licence is for motorcycles alone. */
export const LONG_NAME = '046172000507'

/** A new folder that goes with the process. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'giayto-browser-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}

const running = new Set()
process.once('SIGTERM', () => process.exit(1)) // a test that takes too long ends its servers too
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts a server with demo data and waits until it has said how to begin.
 * program names a build: 'giayto', or one whose clock is moved. With the data of a
 * server that was stopped it goes on where that one was, under the same root.
 */
export async function serve({ program = 'giayto', data = folder(), port = 0 } = {}) {
  if (!bin) throw new Error(skip)
  const child = spawn(join(bin, program), ['serve', '--dev', '--listen', `127.0.0.1:${port}`, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const ended = once(child, 'exit').then(() => running.delete(child))
  let log = ''
  child.stderr.on('data', (piece) => (log += piece))
  const server = { data, agencies: {}, log: () => log }
  for await (const line of createInterface({ input: child.stdout })) {
    server.origin ??= line.match(/^Giayto is running at (\S+) /)?.[1]
    server.code ??= line.match(/^ {2}([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})$/)?.[1]
    const agency = line.match(/^Token of agency (\w+): +(\S+)$/)
    if (agency) server.agencies[agency[1]] = agency[2]
    if (!line.startsWith('README.md goes on')) continue
    child.stdout.resume()
    server.root = JSON.parse(readFileSync(join(data, 'root.jwk'), 'utf8'))
    server.port = Number(new URL(server.origin).port)
    /** Ends the process: nothing answers at its address any more. */
    server.stop = async () => {
      child.kill('SIGTERM')
      await ended
    }
    return server
  }
  await ended
  throw new Error(`the server ended early:\n${log}`)
}

async function call(origin, method, path, token, body) {
  const response = await fetch(origin + path, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`), { code: answer.code })
  return answer
}

/** A code for the citizen with this personal number, after a check in person. */
export async function activation({ origin, agencies }, number) {
  const personal_administrative_number = number
  const { activation_code, reference } = await call(origin, 'POST', '/v1/agency/activations', agencies.c06, { personal_administrative_number })
  await call(origin, 'POST', '/v1/agency/activations/confirm', agencies.c06, { personal_administrative_number, reference })
  return activation_code
}

/** The software authenticator: answers the options of a ceremony. */
function phone(server) {
  const keys = join(folder(), 'keys.json')
  return (ceremony, options, as) => {
    const { stdout, stderr, status } = spawnSync(join(bin, 'softkey'), ['--origin', server.origin.replace('127.0.0.1', 'localhost'), '--keys', keys, '--as', as, ceremony], { input: JSON.stringify(options), encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout)
  }
}

/** The wallet of a demo citizen: of the one whose code the server printed, or of
 * the one with this personal number. */
export async function wallet(server, number) {
  const { origin } = server
  const code = number ? await activation(server, number) : server.code
  const { token } = await call(origin, 'POST', '/v1/citizen/sessions', undefined, { activation_code: code })
  const post = (path, body) => call(origin, 'POST', path, token, body)
  let answer // a phone, from the first time on that a passkey is asked for
  const confirmed = async (request) => {
    if (!answer) {
      answer = phone(server)
      await post('/v1/citizen/passkeys', answer('create', await post('/v1/citizen/passkeys/options', {}), 'credential'))
    }
    return { ...request, ...answer('get', await post('/v1/citizen/presentations/options', request), 'confirmation') }
  }
  return {
    /** Shares claims of documents, { can_cuoc: ['name'] }, or a preset of one,
     * { can_cuoc: 'over18_shop' }, for two minutes. */
    async mint(selection, { seconds = 120, ...more } = {}) {
      const documents = Object.entries(selection).map(([document, chosen]) => ({ document, ...(typeof chosen === 'string' ? { preset: chosen } : { claims: chosen }) }))
      const request = { documents, ttl_seconds: seconds, ...more }
      try {
        return await post('/v1/citizen/presentations', request)
      } catch (refusal) {
        if (refusal.code !== 'disclosure.step_up_required') throw refusal
        return post('/v1/citizen/presentations', await confirmed(request))
      }
    },
    /** What the issuer has put into a paper, by claim: { value, text }. */
    async claims(document) {
      const { credentials } = await call(origin, 'GET', '/v1/citizen/credentials', token)
      const { claims } = await call(origin, 'GET', '/v1/citizen/credentials/' + credentials.find((c) => c.document === document).id, token)
      return Object.fromEntries(claims.map((c) => [`${document}/${c.id}`, c]))
    },
    /** The picture that the server draws. */
    async picture({ png_url: path }) {
      const response = await fetch(origin + path, { headers: { Authorization: `Bearer ${token}` } })
      if (!response.ok) throw new Error(`${path}: ${response.status}`)
      return Buffer.from(await response.arrayBuffer())
    },
  }
}
