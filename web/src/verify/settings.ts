import type { Store } from '../shared/store.js'

/** What the checker chose on this device. */
export interface Settings {
  readonly language: 'vi' | 'en'
  /** The id of the situation; '' before one was chosen. */
  readonly sector: string
  readonly sound: boolean
  readonly vibration: boolean
  /** The name that codes for this place alone carry; '' is none. */
  readonly audience: string
  readonly log: boolean
  readonly logValues: boolean
  /** The id of the preferred camera; '' is the rear one. */
  readonly camera: string
}

const NAME = 'settings'

const initial: Settings = { language: 'vi', sector: '', sound: false, vibration: true, audience: '', log: false, logValues: false, camera: '' }

/** Reads what is kept, member by member: what has another type than it should
 * have counts as not chosen. */
export async function readSettings(store: Store<never>): Promise<Settings> {
  return settingsOf(await store.get(NAME))
}

/** Changes some members and leaves the others as another page may have set them
 * in the meantime. Gives all of them. */
export async function changeSettings(store: Store<never>, change: Partial<Settings>): Promise<Settings> {
  return settingsOf(await store.update(NAME, (kept) => ({ ...settingsOf(kept), ...change })))
}

function settingsOf(value: unknown): Settings {
  const kept = value as Partial<Record<keyof Settings, unknown>> | undefined
  const entries = Object.entries(initial).map(([name, first]) => {
    const found = kept?.[name as keyof Settings]
    return [name, typeof found === typeof first ? found : first]
  })
  const settings = Object.fromEntries(entries) as Settings
  return settings.language === 'en' ? settings : { ...settings, language: 'vi' }
}
