// Constants that build.mjs puts into the code.

/** The path of the script that reads QR codes in a worker; for scriptURL alone. */
declare const READER_WORKER_URL: string
/** The path of the WebAssembly module that the reader loads. */
declare const READER_WASM_URL: string
/** Names the build: a hash over everything that the page loads. */
declare const BUILD_ID: string
/** What the service worker keeps: the page, its manifest, and every file with a
 * hash in its name. */
declare const PRECACHE: readonly string[]
