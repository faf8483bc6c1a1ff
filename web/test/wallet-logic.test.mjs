// What the wallet works out, without a browser or a server.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const source = `
export * from './src/wallet/model.ts'
export { vi } from './src/wallet/messages/vi.ts'
export { en } from './src/wallet/messages/en.ts'
export { setLanguage } from './src/shared/lang.ts'
`
const resolveDir = fileURLToPath(new URL('..', import.meta.url))
const { outputFiles } = await build({ stdin: { contents: source, resolveDir, loader: 'ts' }, bundle: true, format: 'esm', platform: 'neutral', write: false, logLevel: 'warning' })
const wallet = await import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'))

const now = new Date(2026, 10, 26, 15).getTime()
const paper = (more) => ({ id: 'p', document: 'gplx', state: 'in_force', labels: { vi: 'Giấy phép lái xe', en: 'Driving licence' }, ...more })

/** The catalogue as the server gives it, as far as the wallet reads it. */
const catalog = {
  digest: '',
  documents: readdirSync(new URL('../../catalog/documents', import.meta.url))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(`../../catalog/documents/${name}`, import.meta.url), 'utf8')))
    .map((d) => ({ ...d, claims: [...d.claims, ...(d.derived ?? [])] })),
  presets: JSON.parse(readFileSync(new URL('../../catalog/presets.json', import.meta.url), 'utf8')),
}
const preset = (id) => catalog.presets.find((p) => p.id === id)

test('states of papers in words', () => {
  const cases = [
    [{}, 'Còn hiệu lực', true],
    [{ valid_until: null }, 'Còn hiệu lực', true],
    [{ valid_until: '2027-11-26' }, 'Còn hiệu lực', true],
    [{ valid_until: '2026-12-16' }, 'Còn 20 ngày', true],
    [{ valid_until: '2026-11-27' }, 'Còn 1 ngày', true],
    [{ valid_until: '2026-11-26' }, 'Hôm nay là ngày cuối', true],
    [{ state: 'expired', valid_until: '2026-11-25' }, 'Hết hạn 25/11/2026', false],
    [{ state: 'not_yet_valid', valid_from: '2026-12-01' }, 'Có hiệu lực từ 01/12/2026', false],
    [{ state: 'withheld', since: new Date(2026, 10, 20, 9).toISOString() }, 'Đang bị tạm giữ từ 20/11/2026', false],
    [{ state: 'superseded' }, 'Đã có bản mới', false],
    [{ state: 'something new' }, 'Không dùng được', false],
  ]
  for (const [more, words, good] of cases) assert.deepEqual(wallet.stateOf(paper(more), now), { words, good }, JSON.stringify(more))
})

test('masks', () => {
  assert.equal(wallet.masked('079305000001', 'last3'), '••••••• 001')
  assert.equal(wallet.masked('001', 'last3'), '•••••••')
  assert.equal(wallet.masked('Phường Ví Dụ', 'hidden'), '•••••••')
  assert.equal(wallet.masked('Nữ', undefined), 'Nữ')
})

test('what a situation needs, and what is lacking for it', () => {
  const hotel = preset('hotel_check_in')
  assert.ok(wallet.fieldsOf(hotel).required.includes('can_cuoc/name'))
  assert.ok(wallet.fieldsOf(hotel).optional.includes('can_cuoc/address.region'))
  const has = (...documents) => documents.map((document) => paper({ document }))
  assert.deepEqual(wallet.lacking(catalog, hotel, has('can_cuoc')), [])
  assert.deepEqual(wallet.lacking(catalog, preset('traffic_stop'), has('gplx')).map((d) => d.id), ['dang_ky_xe'])
  assert.deepEqual(wallet.lacking(catalog, hotel, [paper({ document: 'can_cuoc', state: 'withheld' })]).map((d) => d.id), ['can_cuoc'])
})

test('a choice becomes exactly the request for it', () => {
  const choice = new Set(['can_cuoc/name', 'gplx/may_drive.B', 'can_cuoc/address.region'])
  assert.deepEqual(wallet.requestOf(choice, undefined, '', 60), {
    documents: [
      { document: 'can_cuoc', claims: ['name', 'address.region'] },
      { document: 'gplx', claims: ['may_drive.B'] },
    ],
    ttl_seconds: 60,
  })
  assert.deepEqual(wallet.requestOf(new Set(['can_cuoc/name']), preset('hotel_check_in'), 'Khách sạn Ví Dụ', 60), {
    documents: [{ document: 'can_cuoc', claims: ['name'], preset: 'hotel_check_in' }],
    ttl_seconds: 60,
    audience: 'Khách sạn Ví Dụ',
  })
  assert.deepEqual(wallet.requestOf(choice, undefined, '', 60, new Map([['gplx', 'p2']])).documents[1], { credential: 'p2', claims: ['may_drive.B'] })
})

test('an activation code in the text of a QR', () => {
  for (const [text, code] of [
    ['7K3M-9XQ2-PD4W-ZR8T', '7K3M-9XQ2-PD4W-ZR8T'],
    [' 7k3m 9xq2 pd4w zr8t\n', '7K3M-9XQ2-PD4W-ZR8T'],
    ['7K3M9XQ2PD4WZR8T', '7K3M-9XQ2-PD4W-ZR8T'],
    ['7K3M-9XQ2-PD4W-ZR8', undefined],
    ['7K3M-9XQ2-PD4W-ZR8U', undefined],
    ['https://example.com/7K3M9XQ2PD4WZR8T', undefined],
    ['', undefined],
  ]) {
    assert.equal(wallet.activationCode(text), code, text)
  }
})

test('of several papers of a kind one is meant', () => {
  const all = [paper({ id: 'a', document: 'gplx' }), paper({ id: 'b', document: 'gplx', state: 'expired' }), paper({ id: 'c', document: 'gplx' }), paper({ id: 'd', document: 'bhyt' })]
  const ids = (which) => wallet.papersOf(all, 'gplx', which).map((p) => p.id)
  assert.deepEqual(ids(), ['a', 'c'])
  assert.deepEqual(ids(new Map([['gplx', 'c']])), ['c', 'a'])
  assert.deepEqual(ids(new Map([['gplx', 'b']])), ['a', 'c'])
  const text = (vi) => ({ vi, en: vi })
  assert.equal(wallet.tellingOf({ claims: [{ id: 'name', text: text('x') }, { id: 'registration_number', text: text('29A-000.12') }] }), '29A-000.12')
  assert.equal(wallet.tellingOf({ claims: [{ id: 'document_number', mask: 'last3', text: text('790123456789') }] }), '••••••• 789')
  assert.equal(wallet.tellingOf(undefined), '')
})

test('a touch is asked for exactly where the catalogue does', () => {
  assert.equal(wallet.needsTouch(catalog, new Set(['can_cuoc/age_equal_or_over.18']), 1), false)
  assert.equal(wallet.needsTouch(catalog, new Set(['can_cuoc/name']), 2), false)
  assert.equal(wallet.needsTouch(catalog, new Set(['can_cuoc/name']), 1), true)
  assert.equal(wallet.needsTouch(catalog, new Set(['can_cuoc/name', 'can_cuoc/personal_administrative_number']), 2), true)
})

test('what the other side will and will not see', () => {
  const choice = new Set(['can_cuoc/name', 'can_cuoc/birthdate'])
  assert.deepEqual(wallet.names(catalog, choice), ['họ và tên', 'ngày sinh'])
  const unseen = wallet.unseen(catalog, choice)
  assert.ok(unseen.includes('số định danh cá nhân'), unseen)
  assert.ok(!unseen.some((name) => name === 'họ và tên' || name === 'ngày sinh'))
  // The paper is named where two have a field of the same name.
  assert.deepEqual(wallet.names(catalog, ['can_cuoc/name', 'gplx/name']), ['họ và tên (căn cước)', 'họ và tên (giấy phép lái xe)'])
})

test('how easily a code scans', () => {
  const size = (...ids) => wallet.sizeOf(catalog, new Set(ids))
  assert.equal(size('can_cuoc/age_equal_or_over.18'), 6)
  assert.ok(size('can_cuoc/name') > size('can_cuoc/age_equal_or_over.18'))
  const much = catalog.documents.flatMap((d) => d.claims.filter((c) => c.type === 'text').map((c) => `${d.id}/${c.id}`))
  assert.ok(size(...much) > 13)
  // The same text twice is written once, as it is for the holder of two papers.
  const name = () => 'NGUYỄN THỊ VÍ DỤ'
  const once = wallet.sizeOf(catalog, new Set(['can_cuoc/name']), name)
  assert.ok(wallet.sizeOf(catalog, new Set(['can_cuoc/name', 'gplx/name']), name) <= once + 1)
  const eases = [6, 8, 9, 10, 11, 12, 14].map(wallet.ease)
  assert.deepEqual(eases, [...eases].sort((a, b) => b - a))
  assert.deepEqual([eases[0], eases.at(-1)], [5, 1])
})

test('every sentence is there in both languages, in NFC, with the same places', () => {
  assert.deepEqual(Object.keys(wallet.vi), Object.keys(wallet.en))
  const places = (s) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
  for (const [key, vi] of Object.entries(wallet.vi)) {
    const en = wallet.en[key]
    assert.ok(vi.trim() && en.trim(), key)
    assert.deepEqual(places(vi), places(en), key)
    assert.equal(vi, vi.normalize('NFC'), key)
  }
})
