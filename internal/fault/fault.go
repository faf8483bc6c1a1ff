// Package fault owns the one error type that Giayto's domain speaks: a kind, a
// stable code, the field concerned and a message for operators.
//
// It deliberately knows no HTTP status and no sentence for a reader: the edge
// (server/problem) translates a fault once, in one table. A fault never carries
// a claim value or any other personal data.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what class of thing went wrong; the edge maps it to a status.
type Kind int

// The kinds. Internal is the zero value, so that an unset kind is never
// mistaken for the caller's mistake.
const (
	Internal     Kind = iota
	Invalid           // the request is not well-formed or breaks a stated limit
	Unauthorised      // who asks is not known
	Forbidden         // who asks is known and may not
	NotFound          // there is no such thing, or it is somebody else's
	Conflict          // the state changed or does not allow it
	Gone              // it was there and has ended
	TooLarge          // over a size limit
	Refused           // understood, and a rule of the product says no
	TooMany           // over a rate or a number of tries
	Unavailable       // not now
)

// Error is a fault. It is safe to log and to show: Msg holds no personal data.
type Error struct {
	Kind  Kind
	Code  Code
	Field string // the member of the request concerned, in dotted form; may be empty
	Msg   string // for operators and developers, English
	cause error
}

// New returns a fault of the kind that belongs to the code.
func New(code Code, msg string) *Error {
	return &Error{Kind: code.Kind(), Code: code, Msg: msg}
}

// Newf is New with formatting; never format claim values into it.
func Newf(code Code, format string, args ...any) *Error {
	return New(code, fmt.Sprintf(format, args...))
}

// Wrap returns a fault that keeps the cause for errors.Is and errors.As.
func Wrap(cause error, code Code, msg string) *Error {
	e := New(code, msg)
	e.cause = cause
	return e
}

// At returns a copy of the fault that names the field concerned.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Error gives the code, the field and the message.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Msg != "" {
		s += ": " + e.Msg
	}
	return s
}

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// CodeOf returns the code of the fault in err's chain, CodeInternal for any
// other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Is reports whether err is a fault with this code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
