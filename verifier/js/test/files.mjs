import { readFileSync } from 'node:fs'

const repository = new URL('../../../', import.meta.url)

export function repositoryFile(path) {
  return new URL(path, repository)
}

export function read(path) {
  return readFileSync(repositoryFile(path), 'utf8')
}

export const { vectors } = JSON.parse(read('testdata/vectors/presentations.json'))

/** The vector of this name. */
export function vector(name) {
  const found = vectors.find((v) => v.name === name)
  if (!found) throw new Error(`no vector ${name}`)
  return found
}
