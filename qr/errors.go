package qr

// Code names why a text or message was refused. The set is closed and stable:
// callers map it to their own reasons.
type Code string

const (
	// CodeTooLarge: the text is longer than [MaxText], the message is longer
	// than [MaxInflated], or a VN2 stream inflates past it.
	CodeTooLarge Code = "too_large"
	// CodeMalformed: the prefix is ours but what follows is not canonical
	// base45, not one whole DEFLATE stream, or empty.
	CodeMalformed Code = "malformed"
	// CodeUnsupportedVersion: the prefix names a coding newer than this
	// release. The honest answer is "update the app", never "forged".
	CodeUnsupportedVersion Code = "unsupported_version"
	// CodeNotGiayto: the text carries no prefix of this profile.
	CodeNotGiayto Code = "not_giayto"
	// CodeTooDense: the text needs a symbol above [MaxVersion], which ordinary
	// phones do not read reliably.
	CodeTooDense Code = "too_dense"
)

// Error is the only error type of this package. Msg is for developers and
// logs; it holds positions and lengths, never content.
type Error struct {
	Code Code
	Msg  string
}

// Error returns the code and the message.
func (e *Error) Error() string { return "qr: " + string(e.Code) + ": " + e.Msg }

func refuse(code Code, msg string) *Error { return &Error{Code: code, Msg: msg} }
