// How the wallet follows its inbox, against a server that says what it is told to.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { bundled } from './bundled.mjs'

const { follow } = await bundled("export * from './src/api/inbox.ts'")

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
afterEach(() => mock.timers.reset())

const notice = (number) => ({ number, id: 'k5rj2x7wq3mzt4ydvh6n5pbc2a', kind: 'wallet.locked', at: '2026-11-23T03:00:00Z', read: false })
const event = (number) => `id: ${number}\ndata: ${JSON.stringify(notice(number))}\n\n`

/** Lets everything run that waits for nothing but promises. */
async function settled() {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

/** Follows from a number. Each connection waits to be answered by the test. */
function following(from) {
  const heard = []
  const states = []
  const connections = []
  const fetch = (path, init) =>
    new Promise((resolve, reject) => {
      const connection = { path, init, aborted: false, reject }
      init.signal.addEventListener('abort', () => {
        connection.aborted = true
        reject(init.signal.reason)
      })
      /** Opens the stream. */
      connection.open = (type = 'text/event-stream') => {
        const body = new ReadableStream({
          start: (c) => {
            connection.write = (text) => c.enqueue(Buffer.from(text))
            connection.end = () => c.close()
            connection.fail = () => c.error(new TypeError('reset'))
            init.signal.addEventListener('abort', () => c.error(init.signal.reason))
          },
        })
        resolve(new Response(body, { headers: { 'Content-Type': type } }))
      }
      connection.refuse = (status, code) => resolve(new Response(JSON.stringify({ code, titles: { vi: 'Không.', en: 'No.' } }), { status, headers: { 'Content-Type': 'application/problem+json' } }))
      connections.push(connection)
    })
  const stop = follow(from, (n) => heard.push(n.number), (state, fault) => states.push(fault ? [state, fault.code] : state), { fetch, random: () => 1 })
  return { heard, states, connections, stop }
}

test('notices in order and once, however the stream is cut', async () => {
  const { heard, states, connections, stop } = following(4)
  const [first] = connections
  assert.equal(first.path, '/v1/citizen/inbox/stream?after=4')
  assert.deepEqual([first.init.credentials, first.init.redirect, first.init.cache], ['same-origin', 'manual', 'no-store'])
  first.open()
  first.write('retry: 5000\n\n')
  await settled()
  assert.deepEqual(states, ['connecting', 'open'])
  const text = event(5) + ':\n\n' + event(6) + event(6) + event(5) + event(7)
  for (const piece of text.match(/[^]{1,7}/g)) {
    first.write(piece)
    await settled()
  }
  assert.deepEqual(heard, [5, 6, 7])
  stop()
  await settled()
  assert.ok(first.aborted)
  assert.deepEqual(states, ['connecting', 'open'])
})

test('it goes on behind the last notice, and waits longer with each failure', async () => {
  const { heard, states, connections } = following(0)
  connections[0].open()
  connections[0].write(event(1) + event(2))
  await settled()
  connections[0].end()
  await settled()
  assert.deepEqual(states, ['connecting', 'open', 'waiting'])
  let now = 1
  for (const wait of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    mock.timers.tick(wait - 1)
    await settled()
    assert.equal(connections.length, now, `before ${wait} ms`)
    mock.timers.tick(1)
    await settled()
    assert.equal(connections.length, ++now, `after ${wait} ms`)
    assert.equal(connections.at(-1).path, '/v1/citizen/inbox/stream?after=2')
    connections.at(-1).reject(new TypeError('failed to fetch'))
    await settled()
  }
  mock.timers.tick(60_000)
  await settled()
  connections.at(-1).open()
  connections.at(-1).write(event(2) + event(3))
  await settled()
  assert.deepEqual(heard, [1, 2, 3])
  connections.at(-1).fail()
  await settled()
  now = connections.length
  mock.timers.tick(1000)
  await settled()
  assert.equal(connections.length, now + 1, 'what worked begins with the shortest wait')
})

test('a stream that has gone silent is given up', async () => {
  const { states, connections } = following(0)
  connections[0].open()
  for (let i = 0; i < 4; i++) {
    connections[0].write(':\n\n')
    await settled()
    mock.timers.tick(39_000)
    await settled()
  }
  assert.ok(!connections[0].aborted)
  mock.timers.tick(1000)
  await settled()
  assert.ok(connections[0].aborted)
  assert.equal(states.at(-1), 'waiting')
  mock.timers.tick(1000)
  await settled()
  mock.timers.tick(40_000) // one that never answers, too
  await settled()
  assert.ok(connections[1].aborted)
})

test('it ends where the server refuses', async () => {
  for (const [status, code] of [[401, 'session.invalid'], [401, 'device.frozen'], [400, 'wallet.notice_unknown'], [403, 'session.cross_site']]) {
    const { states, connections } = following(9)
    connections[0].refuse(status, code)
    await settled()
    mock.timers.tick(600_000)
    await settled()
    assert.deepEqual([states, connections.length], [['connecting', ['ended', code]], 1])
  }
})

test('it goes on where the server cannot answer for now', async () => {
  const broken = (c) => (c.open(), c.write('data: {"number":\n\n'))
  const cases = {
    unavailable: (c) => c.refuse(503, 'service.unavailable'),
    'too many': (c) => c.refuse(429, 'request.too_many'),
    'a page of somebody else': (c) => (c.open('text/html'), c.write('<html>')),
    'no JSON': broken,
    'no number': (c) => (c.open(), c.write('data: {"number":"8"}\n\n')),
    'an endless line': (c) => (c.open(), c.write('data: ' + 'x'.repeat(70_000))),
  }
  for (const [name, answer] of Object.entries(cases)) {
    const { heard, states, connections, stop } = following(0)
    answer(connections[0])
    await settled()
    assert.deepEqual([states.at(-1), heard], ['waiting', []], name)
    mock.timers.tick(2000)
    await settled()
    assert.equal(connections.length, 2, name)
    stop()
  }
})

test('nothing is told after it was stopped', async () => {
  const { heard, states, connections, stop } = following(0)
  connections[0].open()
  connections[0].write(event(1) + event(2))
  stop()
  await settled()
  mock.timers.tick(600_000)
  await settled()
  assert.deepEqual([heard, states, connections.length], [[], ['connecting'], 1])
  const waiting = following(0)
  waiting.connections[0].reject(new TypeError('failed to fetch'))
  await settled()
  waiting.stop()
  mock.timers.tick(600_000)
  await settled()
  assert.equal(waiting.connections.length, 1)
})
