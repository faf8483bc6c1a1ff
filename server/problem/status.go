package problem

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// statuses is the one table from what went wrong to an HTTP status (RFC 9110
// section 15, RFC 6585 for 429).
var statuses = map[fault.Kind]int{
	fault.Internal:     http.StatusInternalServerError,
	fault.Invalid:      http.StatusBadRequest,
	fault.Unauthorised: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.Gone:         http.StatusGone,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Refused:      http.StatusUnprocessableEntity,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

// protocol holds the codes for which HTTP itself has a status of its own.
var protocol = map[fault.Code]int{
	fault.CodeRequestUnsupported: http.StatusUnsupportedMediaType,
	fault.CodeMethodNotAllowed:   http.StatusMethodNotAllowed,
}

// Status returns the HTTP status of a code.
func Status(code fault.Code) int {
	if status, ok := protocol[code]; ok {
		return status
	}
	return statuses[code.Kind()]
}

// translate turns any error into a fault and a status. Errors of fiber and
// fasthttp tell of requests that no handler has seen; their texts quote the
// request and are dropped.
func translate(err error) (*fault.Error, int) {
	var f *fault.Error
	if errors.As(err, &f) {
		return f, Status(f.Code)
	}
	var http *fiber.Error
	if errors.As(err, &http) {
		if code, ok := outside[http.Code]; ok {
			return fault.New(code.code, code.detail), http.Code
		}
	}
	return fault.New(fault.CodeInternal, ""), Status(fault.CodeInternal)
}

// outside maps the statuses with which the HTTP layer refuses a request.
var outside = map[int]struct {
	code   fault.Code
	detail string
}{
	http.StatusBadRequest:                  {fault.CodeRequestMalformed, "not a well-formed HTTP/1.1 request"},
	http.StatusNotFound:                    {fault.CodeRouteNotFound, ""},
	http.StatusMethodNotAllowed:            {fault.CodeMethodNotAllowed, ""},
	http.StatusRequestTimeout:              {fault.CodeRequestMalformed, "the request did not arrive in time"},
	http.StatusRequestEntityTooLarge:       {fault.CodeRequestTooLarge, "the body is larger than this operation allows"},
	http.StatusRequestHeaderFieldsTooLarge: {fault.CodeRequestTooLarge, "the header fields are too large"},
}
