package remote

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
)

// The operations. A change of what they carry is a new number.
const (
	pathClaim  = "/v1/claim"
	pathSettle = "/v1/settle"
	pathDead   = "/v1/dead-letters"
	pathState  = "/v1/state"
)

// Limits of both sides.
const (
	// maxBody bounds a request or an answer: a thousand messages have some 600
	// KiB.
	maxBody = 4 << 20
	// maxLimit is the most messages of one claim or list.
	maxLimit = 1000
	// timeout is how long one operation may take.
	timeout = 30 * time.Second
)

// Store is what is served.
type Store interface {
	push.Queue
	push.Overview
}

type claimBody struct {
	Now   time.Time `json:"now"`
	Until time.Time `json:"until"`
	Limit int       `json:"limit"`
}

// NewServer returns a server of the queue; give it a listener on a Unix socket.
// observe is told of every attempt that is settled, in the words of
// push.DelivererConfig; may be nil.
func NewServer(store Store, observe func(service, result string)) *http.Server {
	if observe == nil {
		observe = func(string, string) {}
	}
	h := handler{store, observe}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+pathClaim, h.claim)
	mux.HandleFunc("POST "+pathSettle, h.settle)
	mux.HandleFunc("GET "+pathDead, h.dead)
	mux.HandleFunc("GET "+pathState, h.state)
	return &http.Server{Handler: mux, ReadTimeout: timeout, WriteTimeout: timeout, MaxHeaderBytes: 8 << 10}
}

type handler struct {
	store   Store
	observe func(service, result string)
}

func (h handler) claim(w http.ResponseWriter, r *http.Request) {
	var body claimBody
	if !read(w, r, &body) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	claim, err := h.store.Claim(ctx, body.Now, body.Until, min(body.Limit, maxLimit))
	for range claim.Expired {
		h.observe("", push.ResultExpired)
	}
	answer(w, claim, err)
}

func (h handler) settle(w http.ResponseWriter, r *http.Request) {
	var done []push.Settlement
	if !read(w, r, &done) {
		return
	}
	// What was sent is stored even if the sender has gone meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), timeout)
	defer cancel()
	err := h.store.Settle(ctx, done)
	if err == nil {
		for _, d := range done {
			h.observe(d.Delivery.Target.Service, push.Result(d.Outcome))
		}
	}
	answer(w, struct{}{}, err)
}

func (h handler) dead(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		http.Error(w, "limit is not a number", http.StatusBadRequest)
		return
	}
	letters, err := h.store.DeadLetters(r.Context(), min(limit, maxLimit))
	answer(w, letters, err)
}

func (h handler) state(w http.ResponseWriter, r *http.Request) {
	state, err := h.store.PushState(r.Context())
	answer(w, state, err)
}

// read decodes a body; false if it has answered with a refusal.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		http.Error(w, "the body is not what this operation takes: are both ends the same version?", http.StatusBadRequest)
		return false
	}
	return true
}

// answer writes a result, or what kept the store from giving one.
func answer(w http.ResponseWriter, result any, err error) {
	if err != nil {
		status := http.StatusInternalServerError
		if fault.Is(err, fault.CodeUnavailable) {
			status = http.StatusServiceUnavailable
		}
		text := "internal"
		var f *fault.Error
		if errors.As(err, &f) {
			text = f.Error() // a fault holds no personal data
		}
		http.Error(w, text, status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(result) // who has gone is not told
}
