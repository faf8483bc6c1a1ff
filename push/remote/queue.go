package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
)

// Queue is a queue behind a socket. It is safe for concurrent use. What keeps it
// from answering is a fault: service.unavailable.
type Queue struct {
	path string
	http *http.Client
}

var _ Store = (*Queue)(nil)

// NewQueue returns the queue behind a socket. It opens no connection yet.
func NewQueue(path string) *Queue {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Queue{path: path, http: &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: dial}}}
}

// Claim is for push.Queue.
func (q *Queue) Claim(ctx context.Context, now, until time.Time, limit int) (claim push.Claim, err error) {
	err = q.call(ctx, http.MethodPost, pathClaim, claimBody{now, until, limit}, &claim)
	return claim, err
}

// Settle is for push.Queue.
func (q *Queue) Settle(ctx context.Context, done []push.Settlement) error {
	if len(done) == 0 {
		return nil
	}
	return q.call(ctx, http.MethodPost, pathSettle, done, &struct{}{})
}

// DeadLetters is for push.Overview.
func (q *Queue) DeadLetters(ctx context.Context, limit int) (letters []push.DeadLetter, err error) {
	err = q.call(ctx, http.MethodGet, fmt.Sprintf("%s?limit=%d", pathDead, limit), nil, &letters)
	return letters, err
}

// PushState is for push.Overview.
func (q *Queue) PushState(ctx context.Context) (state push.State, err error) {
	err = q.call(ctx, http.MethodGet, pathState, nil, &state)
	return state, err
}

// Close gives up connections that are not in use.
func (q *Queue) Close() { q.http.CloseIdleConnections() }

func (q *Queue) call(ctx context.Context, method, path string, body, into any) error {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fault.Wrap(err, fault.CodeInternal, "a request to the queue cannot be written")
		}
		in = bytes.NewReader(raw)
	}
	// The host is of no meaning: there is one at the other end of the socket.
	request, err := http.NewRequestWithContext(ctx, method, "http://giayto"+path, in)
	if err != nil {
		return fault.Wrap(err, fault.CodeInternal, "a request to the queue cannot be made")
	}
	response, err := q.http.Do(request)
	if err != nil {
		return fault.Wrap(err, fault.CodeUnavailable, "no server answers at "+q.path+" (giayto serve --push-socket)")
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return fault.Wrap(err, fault.CodeUnavailable, "the server at "+q.path+" did not finish its answer")
	}
	if response.StatusCode != http.StatusOK {
		return fault.Newf(fault.CodeUnavailable, "the server at %s answers %d: %s", q.path, response.StatusCode, strings.TrimSpace(string(raw[:min(len(raw), 200)])))
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fault.Wrap(err, fault.CodeUnavailable, "the answer of the server at "+q.path+" cannot be read: are both ends the same version?")
	}
	return nil
}
