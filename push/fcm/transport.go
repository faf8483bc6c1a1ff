package fcm

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// maxAnswer bounds what is read of an answer, which has some hundred bytes.
const maxAnswer = 64 << 10

// exchange is what went over the wire for one message.
type exchange struct {
	// stop ends the SDK's own retries, which would hammer a service that is
	// down, beside those of package push.
	stop     context.CancelFunc
	response *http.Response // nil if there was none; the body is at hand
	body     []byte
	err      error
}

type exchangeKey struct{}

// transport adds the access token, and tries once more with a new one when it
// was refused.
type transport struct {
	base   http.RoundTripper
	tokens *tokens
}

// RoundTrip is for http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	x, _ := r.Context().Value(exchangeKey{}).(*exchange)
	response, body, err := t.attempt(r)
	if x != nil {
		x.response, x.body, x.err = response, body, err
		x.stop()
	}
	return response, err
}

func (t *transport) attempt(r *http.Request) (*http.Response, []byte, error) {
	token, err := t.tokens.get(r.Context(), "")
	if err != nil {
		return nil, nil, err
	}
	response, body, err := t.once(r, token)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, body, err
	}
	if token, err = t.tokens.get(r.Context(), token); err != nil {
		return nil, nil, err
	}
	return t.once(r, token)
}

// once sends a copy of the request and reads the whole answer.
func (t *transport) once(r *http.Request, token string) (*http.Response, []byte, error) {
	attempt := r.Clone(r.Context())
	attempt.Header.Set("Authorization", "Bearer "+token)
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, nil, err
		}
		attempt.Body = body
	}
	response, err := t.base.RoundTrip(attempt)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, body, nil
}
