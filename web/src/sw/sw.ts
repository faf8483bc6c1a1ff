// The service worker of a page. It keeps one build of it, whole, and answers from
// that with and without a network. It touches nothing else: the interface under /v1
// is never kept here.
//
// A newer build is kept beside the one in use, and waits until the page says
// {type: 'activate'} or every window of the page is closed.

export {}

// The types of a page are loaded beside those of a worker.
const worker = self as unknown as ServiceWorkerGlobalScope

const PREFIX = `giayto-${PAGE.slice(1)}-`
const CACHE = PREFIX + BUILD_ID
const kept = new Set(PRECACHE)

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('message', (event) => {
  const data: unknown = event.data
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'activate') event.waitUntil(worker.skipWaiting())
})
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== worker.location.origin) return
  if (pathname === PAGE || pathname === PAGE + '/') {
    if (request.mode !== 'navigate') return
    event.respondWith(fromCache(PAGE, request))
    event.waitUntil(refresh().catch(() => undefined))
  } else if (kept.has(pathname)) {
    event.respondWith(fromCache(pathname, request))
  }
})

/** Keeps everything or nothing. What fails (no network, a server of another
 * build, no space) fails the installation: the page goes on as before, and the
 * browser tries again the next time. */
async function install(): Promise<void> {
  const before = await caches.has(CACHE)
  try {
    const answers = await Promise.all(PRECACHE.map(load))
    const cache = await caches.open(CACHE)
    await Promise.all(PRECACHE.map((path, i) => cache.put(path, answers[i]!)))
  } catch (error) {
    // One that was there may be in use: a server can go back to an older build.
    if (!before) await caches.delete(CACHE)
    throw error
  }
}

async function activate(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.map((name) => name.startsWith(PREFIX) && name !== CACHE && caches.delete(name)))
  // The page that registered this worker gets the rest of its files from here.
  await worker.clients.claim()
}

/** Fetches one file of this build. The server is asked about what has no hash in
 * its name. */
async function load(path: string): Promise<Response> {
  const answer = await fetch(path, { cache: path.startsWith(PAGE) ? 'no-cache' : 'default', redirect: 'error' })
  if (answer.status !== 200) throw new Error(`${path} is not to be had`)
  if (path === PAGE && !(await answer.clone().text()).includes(`content="${BUILD_ID}"`)) throw new Error('another build')
  return answer
}

/** Takes the page anew, with what the server tells it now. One of another build needs
 * other files than are kept, and comes with its own service worker. */
async function refresh(): Promise<void> {
  const answer = await load(PAGE)
  const cache = await caches.open(CACHE)
  await cache.put(PAGE, answer)
}

async function fromCache(path: string, request: Request): Promise<Response> {
  const found = await caches.match(path, { cacheName: CACHE, ignoreVary: true }).catch(() => undefined)
  return found ?? fetch(request)
}
