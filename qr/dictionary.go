package qr

import (
	_ "embed"
	"slices"
)

// DictionarySHA256 is the SHA-256 of the bytes that [Dictionary] returns, in hex.
const DictionarySHA256 = "2b7ef5546a2c6bcdb5112abeb2c69ac04880d5120bb153403d8950f35d15083a"

// maxDictionary is the room kept for a dictionary in every pooled buffer.
const maxDictionary = 4096

// dictionaryText is public vocabulary only: makes and vehicle kinds, hospital
// and authority names in their generic form, provinces before and after
// 2025-07-01, common parts of personal names, administrative terms. One section
// a line; what is used most comes last, where distances are short. A letter
// glued to the front of a phrase ("xT", "m", "j") is its CBOR text head, which
// happens to be a printable character.
//
//go:embed dictionary1.txt
var dictionaryText string

// dictionaryFrames holds the runs of bytes that every presentation repeats.
// They stand after the text and thus nearest to the message.
// Document code 1 and keys 1, 6 and 12 are those of the căn cước.
const dictionaryFrames = "\x3A\x00\x01\x00\x00\xA2\x00\x01\x0C\xF5\x58\x40" + // fields claim: over 18 and nothing else; head of the signature
	"\x06\x81\x62VN" + // nationalities: ["VN"]
	"\x3A\x00\x01\x00\x00\xA6\x00\x01\x01\x1B\x00\x00\x00" + // fields claim: five fields, the first a personal number
	"\xA3\x04\x1A" + // CWT of 3 claims, exp
	"\xA0\x59\x01" + // empty unprotected map, payload of 256 bytes or more
	"\xD2\x84\x49\xA2\x01\x26\x04\x44" // COSE_Sign1, protected {1: -7, 4: kid}

// dictionary is dictionary 1 and must never be written to. Its bytes are part
// of the wire format: a change, even of one space, is a new coding number.
var dictionary = []byte(dictionaryText + dictionaryFrames)

// Dictionary returns a copy of dictionary 1, the preset dictionary of every
// VN2 text: the file dictionary1.txt in UTF-8 (NFC) with its line feeds,
// followed by 44 bytes that begin the parts of a presentation.
func Dictionary() []byte { return slices.Clone(dictionary) }
