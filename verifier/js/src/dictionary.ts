import { utf8 } from './bytes.js'
import { dictionaryText } from './dictionary_gen.js'

// The runs of bytes that every presentation repeats, behind the vocabulary
// (section 4 of the specification).
const frames =
  '\x3a\x00\x01\x00\x00\xa2\x00\x01\x0c\xf5\x58\x40' +
  '\x06\x81\x62VN' +
  '\x3a\x00\x01\x00\x00\xa6\x00\x01\x01\x1b\x00\x00\x00' +
  '\xa3\x04\x1a' +
  '\xa0\x59\x01' +
  '\xd2\x84\x49\xa2\x01\x26\x04\x44'

const text = utf8(dictionaryText)

/** Dictionary 1: 3996 bytes that never change. */
export const dictionary = new Uint8Array(text.length + frames.length)
dictionary.set(text)
for (let i = 0; i < frames.length; i++) dictionary[text.length + i] = frames.charCodeAt(i)
