import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import test from 'node:test'
import { build } from 'esbuild'

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('../src/scan/fault.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  write: false,
})
const { ScannerFault, cameraFault } = await import(`data:text/javascript,${encodeURIComponent(bundle.outputFiles[0].text)}`)

test('every error of getUserMedia is a fault that the page can explain', () => {
  for (const [error, fault] of [
    [new DOMException('', 'NotAllowedError'), 'refused'],
    [new DOMException('', 'SecurityError'), 'refused'],
    [new DOMException('', 'NotFoundError'), 'absent'],
    [Object.assign(new Error(), { name: 'OverconstrainedError' }), 'absent'],
    [new DOMException('', 'NotReadableError'), 'busy'],
    [new DOMException('', 'AbortError'), 'busy'],
    [new DOMException('', 'InvalidStateError'), 'failed'],
    [new TypeError(), 'failed'],
    [new ScannerFault('insecure'), 'insecure'],
    [{ name: 'toString' }, 'failed'],
    [{ name: 1 }, 'failed'],
    [undefined, 'failed'],
    ['NotAllowedError', 'failed'],
  ]) {
    assert.equal(cameraFault(error), fault, String(error?.name))
  }
})

test('a fault names itself and keeps its cause', () => {
  const cause = new DOMException('', 'NotReadableError')
  const fault = new ScannerFault('busy', { cause })
  assert.ok(fault instanceof Error)
  assert.deepEqual([fault.name, fault.fault, fault.message, fault.cause], ['ScannerFault', 'busy', 'scanner: busy', cause])
})
