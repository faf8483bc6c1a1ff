package qr

import "strconv"

// alphabet is the base45 alphabet of RFC 9285 section 4.2: the QR
// alphanumeric set in its own order.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

const notInAlphabet = 0xFF

// values maps a byte to its base45 digit, or to notInAlphabet.
var values = func() (t [256]byte) {
	for i := range t {
		t[i] = notInAlphabet
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	return t
}()

// base45Len returns how many characters n bytes take (RFC 9285 section 4:
// two bytes in three characters, a last single byte in two).
func base45Len(n int) int { return n/2*3 + n%2*2 }

// appendBase45 appends the base45 form of src to dst.
func appendBase45(dst, src []byte) []byte {
	for len(src) >= 2 {
		n := uint(src[0])<<8 | uint(src[1])
		dst = append(dst, alphabet[n%45], alphabet[n/45%45], alphabet[n/(45*45)])
		src = src[2:]
	}
	if len(src) == 1 {
		n := uint(src[0])
		dst = append(dst, alphabet[n%45], alphabet[n/45])
	}
	return dst
}

// appendFromBase45 appends the bytes of text to dst. It accepts canonical
// base45 only: RFC 9285 section 6 asks for the refusal of characters outside
// the alphabet, of triplets above 65535 and of pairs above 255.
func appendFromBase45(dst []byte, text string) ([]byte, *Error) {
	if len(text)%3 == 1 {
		return nil, refuse(CodeMalformed, "base45: trailing single character")
	}
	i := 0
	for ; i+3 <= len(text); i += 3 {
		a, b, c := values[text[i]], values[text[i+1]], values[text[i+2]]
		if a == notInAlphabet || b == notInAlphabet || c == notInAlphabet {
			return nil, refuseAt("character outside the alphabet", i)
		}
		n := uint(a) + uint(b)*45 + uint(c)*45*45
		if n > 0xFFFF {
			return nil, refuseAt("three characters above 65535", i)
		}
		dst = append(dst, byte(n>>8), byte(n))
	}
	if i < len(text) {
		a, b := values[text[i]], values[text[i+1]]
		if a == notInAlphabet || b == notInAlphabet {
			return nil, refuseAt("character outside the alphabet", i)
		}
		n := uint(a) + uint(b)*45
		if n > 0xFF {
			return nil, refuseAt("two characters above 255", i)
		}
		dst = append(dst, byte(n))
	}
	return dst, nil
}

func refuseAt(what string, offset int) *Error {
	return refuse(CodeMalformed, "base45: "+what+" in the group at "+strconv.Itoa(offset))
}
