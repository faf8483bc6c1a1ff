// Constants that build.mjs puts into the code.

/** The address of the page, such as /verify; the scope of its service worker. */
declare const PAGE: string
/** The path of the script that reads QR codes in a worker; for scriptURL alone. */
declare const READER_WORKER_URL: string
/** The path of the WebAssembly module that the reader loads. */
declare const READER_WASM_URL: string
/** Names the build: a hash over everything that the page loads. */
declare const BUILD_ID: string
/** What the service worker keeps: the page, its manifest, and the files with a hash
 * in their names. */
declare const PRECACHE: readonly string[]
