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
  const kept = (await store.get(NAME)) as Partial<Record<keyof Settings, unknown>> | undefined
  const entries = Object.entries(initial).map(([name, first]) => {
    const value = kept?.[name as keyof Settings]
    return [name, typeof value === typeof first ? value : first]
  })
  const settings = Object.fromEntries(entries) as Settings
  return settings.language === 'en' ? settings : { ...settings, language: 'vi' }
}

export function writeSettings(store: Store<never>, settings: Settings): Promise<void> {
  return store.set(NAME, settings)
}
