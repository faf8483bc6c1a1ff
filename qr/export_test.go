package qr

// AppendBase45 and FromBase45 open the unexported coding to the tests of RFC 9285.
func AppendBase45(dst, src []byte) []byte { return appendBase45(dst, src) }

// FromBase45 keeps the error a plain error, so that a nil one compares equal to nil.
func FromBase45(text string) ([]byte, error) {
	out, err := appendFromBase45(nil, text)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Deflate returns a copy of the VN2 stream even when VN1 would be shorter.
func Deflate(message []byte) []byte {
	d := deflaters.Get().(*deflater)
	defer deflaters.Put(d)
	return append([]byte(nil), d.deflate(message)...)
}
