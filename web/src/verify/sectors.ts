import { presetPolicy, presets, type Claims, type Policy, type Preset, type Requirement } from '@giayto/verifier'

// What a kind of checker may ask for, and how old its knowledge of keys may be.
// The catalogue decides what each situation needs; nobody can ask for more here.

const HOUR = 3600_000
const DAY = 24 * HOUR

/** For how long a device may go without hearing from the server that its list of
 * keys is still the newest. It bounds how long a leaked key can be used against
 * this kind of checker. Others go by what the list says of itself. */
const tolerance: Readonly<Record<string, number>> = {
  traffic: DAY,
  finance: 3 * DAY,
  telecom: 3 * DAY,
  health: 7 * DAY,
}

/** The situation that a device is used for. */
export interface Sector {
  readonly id: string
  /** Nothing for whoever just wants to read what a code says. */
  readonly preset?: Preset<Claims>
  /** Milliseconds; nothing where only the list's own rule counts. */
  readonly tolerance?: number
}

function sectorOf(preset: Preset<Claims>): Sector {
  const allowed = tolerance[preset.category]
  return { id: preset.id, preset, ...(allowed !== undefined && { tolerance: allowed }) }
}

/** Asks for nothing, shows everything. */
export const ANY: Sector = { id: 'any' }

/** All that can be chosen. */
export const sectors: readonly Sector[] = [...presets.map(sectorOf), ANY]

export function findSector(id: unknown): Sector | undefined {
  return sectors.find((s) => s.id === id)
}

/** What the verifier is to ask at a moment. heardAt is when the server last said
 * that the list is its newest: a list is issued before that, so the verifier's
 * own bound on its age refuses every list that was heard of too long ago. */
export function policyOf(sector: Sector, heardAt: number, now: number): Policy<Claims> {
  const policy = sector.preset ? presetPolicy(sector.preset) : {}
  if (sector.tolerance === undefined || now - heardAt <= sector.tolerance) return policy
  return { ...policy, maxTrustListAgeSeconds: sector.tolerance / 1000 }
}

/** Gives the place of a claim in what the situation may ask for, -1 where it may
 * not. Without a situation all claims have the same place. */
export function placeOf(sector: Sector, claim: string): number {
  if (!sector.preset) return 0
  return [...sector.preset.require, ...sector.preset.optional].indexOf(claim as Requirement<Claims>)
}

/** Reports whether a claim is part of what the situation may ask for. */
export function belongs(sector: Sector, claim: string): boolean {
  return placeOf(sector, claim) >= 0
}
