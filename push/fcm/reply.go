package fcm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/giayto/giayto/push"
)

// Error codes of FCM (the ErrorCode of its HTTP v1 reference).
const (
	codeUnregistered = "UNREGISTERED"
	codeArgument     = "INVALID_ARGUMENT"
	codeSender       = "SENDER_ID_MISMATCH"
	codeQuota        = "QUOTA_EXCEEDED"
	codeThirdParty   = "THIRD_PARTY_AUTH_ERROR"
)

// reply says what became of a message. A device loses its token only by the word
// of FCM itself: a 404 of a proxy, or of a project that is not there, must not
// unregister everybody.
func (s *Sender) reply(ctx context.Context, x *exchange, err error) push.Reply {
	if x.response == nil {
		return push.Reply{Reason: unreached(ctx, x, err)}
	}
	if x.response.StatusCode < http.StatusMultipleChoices && err == nil {
		return push.Reply{Verdict: push.Taken}
	}
	said := parseRefusal(x.body)
	after := s.retryAfter(x.response.Header)
	switch said.code {
	case codeUnregistered:
		return push.Reply{Verdict: push.Unregistered, Reason: "unregistered"}
	case codeArgument:
		if said.field == "message.token" {
			return push.Reply{Verdict: push.Unregistered, Reason: "not_a_token"}
		}
		return push.Reply{Verdict: push.Rejected, Reason: "argument"}
	case codeSender:
		// The token belongs to another project and will never work with this one.
		// After a change of project each app registers anew when it starts.
		return push.Reply{Verdict: push.Unregistered, Reason: "other_project"}
	case codeQuota:
		return push.Reply{Reason: "quota", RetryAfter: after}
	case codeThirdParty:
		return push.Reply{Reason: "apple_credentials", RetryAfter: after}
	}
	return push.Reply{Reason: word(x.response.StatusCode), RetryAfter: after}
}

// unreached says why there is no answer.
func unreached(ctx context.Context, x *exchange, err error) string {
	switch {
	case errors.Is(x.err, errNoToken):
		return "no_access_token"
	case ctx.Err() != nil:
		return "timeout"
	case x.err == nil && err != nil:
		// Refused by the SDK before anything was sent.
		return "not_sent"
	}
	return "unreachable"
}

// word is what a status says where FCM said nothing of its own.
func word(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "unauthenticated"
	case status == http.StatusForbidden:
		return "forbidden"
	case status == http.StatusNotFound:
		return "not_found"
	case status == http.StatusTooManyRequests:
		return "quota"
	case status >= http.StatusInternalServerError:
		return "unavailable"
	}
	return "status_" + strconv.Itoa(status)
}

// refusal is what FCM says of a message that it did not take.
type refusal struct{ code, field string }

func parseRefusal(body []byte) (r refusal) {
	var answer struct {
		Error struct {
			Details []struct {
				Type            string `json:"@type"`
				ErrorCode       string `json:"errorCode"`
				FieldViolations []struct {
					Field string `json:"field"`
				} `json:"fieldViolations"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return r
	}
	for _, d := range answer.Error.Details {
		switch d.Type {
		case "type.googleapis.com/google.firebase.fcm.v1.FcmError":
			r.code = d.ErrorCode
		case "type.googleapis.com/google.rpc.BadRequest":
			for _, v := range d.FieldViolations {
				r.field = v.Field
			}
		}
	}
	return r
}

// retryAfter reads Retry-After in both of its forms (RFC 9110 section 10.2.3).
func (s *Sender) retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(s.now()))
	}
	return 0
}
