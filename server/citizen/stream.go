package citizen

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const (
	// streamWrite is how long one write to a stream may take. It is shorter than
	// the time between two heartbeats, so that somebody who does not read is
	// given up at the first write that does not get through.
	streamWrite = 10 * time.Second
	// streamRetry is how long a browser waits before it comes back.
	streamRetry = 5 * time.Second

	lastEventID = "Last-Event-ID" // HTML Living Standard, section 9.2.4
)

// stream answers with notices as they arrive (server-sent events), until the
// session ends, the client goes, or the server stops.
func (h handlers) stream(c *fiber.Ctx) error {
	after, err := position(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no") // nginx would hold it back
	if c.Method() == fiber.MethodHead {
		return nil // there is no body to follow anything in
	}
	s := session.Citizen(c)
	run, err := h.Inbox.Follow(c.UserContext(), s.Owner, s.Device, s.ID, after)
	if err != nil {
		return err
	}
	conn := c.Context().Conn()
	// This also keeps the engine from setting the deadline of a whole answer.
	if err := c.Context().SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		// Nothing here may touch c: it is used for another request by now.
		h.Guard(func() {
			stream := eventStream{w, conn}
			if stream.begin() == nil {
				// Whatever ends it, the client comes back, or is refused then.
				_ = run(h.Streams, stream.send)
			}
		})
	})
	return nil
}

// position is where a stream begins; nil for now.
func position(c *fiber.Ctx) (*uint64, error) {
	q := request.ReadQuery(c, "after")
	after := q.Number("after")
	if err := q.Err(); err != nil {
		return nil, err
	}
	if last := c.Get(lastEventID); last != "" {
		n, ok := request.Number(last)
		if !ok {
			return nil, fault.New(fault.CodeRequestMalformed, "expected the id of an event of this stream").At(lastEventID)
		}
		after = &n
	}
	return after, nil
}

// eventStream is one open stream.
type eventStream struct {
	w    *bufio.Writer
	conn net.Conn
}

// begin sends something at once, so that the client knows that it is connected.
func (s eventStream) begin() error {
	fmt.Fprintf(s.w, "retry: %d\n\n", streamRetry.Milliseconds())
	return s.flush()
}

// send writes notices, or a comment if there are none.
func (s eventStream) send(list []wallet.Notice) error {
	if len(list) == 0 {
		_, _ = s.w.WriteString(":\n\n") // the error comes with the flush
	}
	for _, n := range list {
		data, err := json.Marshal(notice(n))
		if err != nil {
			return err
		}
		fmt.Fprintf(s.w, "id: %d\ndata: %s\n\n", n.Number, data)
	}
	return s.flush()
}

func (s eventStream) flush() error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	return s.w.Flush()
}
