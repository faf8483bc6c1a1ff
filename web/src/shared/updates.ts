// Keeps the page at hand without a network, and newer builds of it away from
// somebody who is scanning.
import { SERVICE_WORKER_URL, scriptURL } from './trusted'

/** How often a page that stays open asks for a newer build. */
const ASK_AGAIN = 60 * 60 * 1000

export interface Updates {
  /** Asks for a newer build and waits until it is here. Reports whether it is. */
  look(): Promise<boolean>
  /** Changes to the newer build: the page loads again, once. Call it after
   * onWaiting, at a moment when nothing on the screen is lost. Before there is a
   * newer build it does nothing. */
  activate(): void
}

/** Registers the service worker. onWaiting is called when a newer build is ready,
 * perhaps more than once, and perhaps before the promise is kept: the page then
 * calls activate as soon as nobody is scanning. Until then it goes on as it is,
 * with all it has not loaded yet.
 *
 * Where a service worker is not to be had (an old browser, a private window,
 * storage that is blocked) the answer is undefined, and the page works as long
 * as there is a network. It does not reject. */
export async function register(onWaiting: () => void): Promise<Updates | undefined> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined
  if (!container) return undefined
  let registration: ServiceWorkerRegistration
  try {
    registration = await container.register(scriptURL(SERVICE_WORKER_URL), { scope: PAGE, updateViaCache: 'none' })
  } catch {
    return undefined
  }
  // The first worker of all takes over a page of its own build. Any later change
  // means that this page is of an older one.
  let first = !container.controller && !registration.active
  let asked = false
  let replaced = false
  let reloading = false

  const reload = () => {
    if (!reloading) location.reload()
    reloading = true
  }
  container.addEventListener('controllerchange', () => {
    if (first) {
      first = false
    } else if (asked) {
      reload()
    } else {
      replaced = true // by another window of this page
      onWaiting()
    }
  })

  const watch = (worker: ServiceWorker | null) =>
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && registration.active) onWaiting()
    })
  registration.addEventListener('updatefound', () => watch(registration.installing))
  watch(registration.installing)
  if (registration.waiting && registration.active) onWaiting()
  setInterval(() => void registration.update().catch(() => undefined), ASK_AGAIN)

  return {
    async look() {
      await registration.update().catch(() => undefined)
      const { installing } = registration
      if (installing) {
        await new Promise<void>((resolve) => {
          const settled = () => installing.state !== 'installing' && resolve()
          installing.addEventListener('statechange', settled)
          settled()
        })
      }
      return registration.waiting !== null
    },
    activate() {
      if (replaced) {
        reload()
      } else if (registration.waiting) {
        asked = true
        registration.waiting.postMessage({ type: 'activate' })
      }
    },
  }
}
