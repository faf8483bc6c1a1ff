package qr

import "strings"

const (
	// MaxInflated is the largest message in bytes, before deflating and after
	// inflating. The largest that still fits a symbol is about a fifth of it.
	MaxInflated = 2048
	// MaxText is the longest text in characters that [Decode] looks at: the
	// plain frame of a message of MaxInflated bytes. Version 40-L, the most a
	// symbol can physically hold, has 4296.
	MaxText = len(prefixPlain) + MaxInflated/2*3
)

// The number after "VN" names the coding. A new dictionary or layout is a new
// number; an old number never changes its meaning.
const (
	prefixPlain   = "VN1:"
	prefixDeflate = "VN2:"
)

// Encode frames a message as "VN1:" and its base45, or as "VN2:" and the base45
// of its raw DEFLATE against dictionary 1, whichever is shorter; a tie is VN1.
// It refuses an empty message with [CodeMalformed] and one longer than
// [MaxInflated] with [CodeTooLarge]. Whether the text fits a symbol is for
// [Fit] to say. Safe for concurrent use.
func Encode(message []byte) (string, error) {
	if err := checkMessage(len(message)); err != nil {
		return "", err
	}
	d := deflaters.Get().(*deflater)
	defer deflaters.Put(d)
	packed := d.deflate(message)
	if len(packed) < len(message) {
		return frame(prefixDeflate, packed), nil
	}
	return frame(prefixPlain, message), nil
}

// EncodePlain frames a message as VN1 even where VN2 would be shorter, for
// readers that have no dictionary and for tests. It refuses what [Encode] refuses.
func EncodePlain(message []byte) (string, error) {
	if err := checkMessage(len(message)); err != nil {
		return "", err
	}
	return frame(prefixPlain, message), nil
}

// Decode returns the message in a text that a symbol carried. Every refusal is
// an [*Error]: [CodeTooLarge], [CodeNotGiayto], [CodeUnsupportedVersion] or
// [CodeMalformed]. It is strict: no white space is trimmed, no case is folded.
// Work and memory are bounded by [MaxText] and [MaxInflated] whatever the text
// claims. Safe for concurrent use.
func Decode(text string) ([]byte, error) {
	if len(text) > MaxText {
		return nil, refuse(CodeTooLarge, "text too long")
	}
	prefix, body, err := split(text)
	if err != nil {
		return nil, err
	}
	message, err := appendFromBase45(make([]byte, 0, len(body)/3*2+1), body)
	if err != nil {
		return nil, err
	}
	if prefix == prefixDeflate {
		if message, err = inflate(message); err != nil {
			return nil, err
		}
	}
	if len(message) == 0 {
		return nil, refuse(CodeMalformed, "empty message")
	}
	return message, nil
}

// split separates the prefix from the base45 part. Any decimal number between
// "VN" and ":" is a coding of this family, so that every future coding gets the
// answer "update the app" from today's checkers.
func split(text string) (prefix, body string, err *Error) {
	rest, ours := strings.CutPrefix(text, "VN")
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if !ours || digits == 0 || digits == len(rest) || rest[digits] != ':' {
		return "", "", refuse(CodeNotGiayto, "no coding prefix")
	}
	cut := len("VN") + digits + len(":")
	switch prefix = text[:cut]; prefix {
	case prefixPlain, prefixDeflate:
		return prefix, text[cut:], nil
	}
	return "", "", refuse(CodeUnsupportedVersion, "coding number unknown to this release")
}

func checkMessage(n int) error {
	if n == 0 {
		return refuse(CodeMalformed, "empty message")
	}
	if n > MaxInflated {
		return refuse(CodeTooLarge, "message too long")
	}
	return nil
}

func frame(prefix string, payload []byte) string {
	text := make([]byte, 0, len(prefix)+base45Len(len(payload)))
	text = append(text, prefix...)
	return string(appendBase45(text, payload))
}
