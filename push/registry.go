package push

import (
	"context"
	"slices"
	"time"

	"github.com/giayto/giayto/internal/fault"
)

// MaxToken is the longest token of a service in bytes. FCM names no limit; its
// tokens have some 150 to 300.
const MaxToken = 1024

// Registry is where devices say how they are reached.
type Registry struct {
	store    Targets
	services []string
	now      func() time.Time
}

// NewRegistry returns a registry of targets of these services.
func NewRegistry(store Targets, services []string, now func() time.Time) *Registry {
	return &Registry{store: store, services: services, now: now}
}

// Register has messages sent to a device for as long as its session is open, in
// place of where they went before. Faults: push.service_unknown,
// request.malformed for what is no token, session.invalid.
func (r *Registry) Register(ctx context.Context, owner, device, session, service, token string) error {
	if !slices.Contains(r.services, service) {
		return fault.New(fault.CodePushServiceUnknown, "no messages are sent through that service").At("service")
	}
	if !isToken(token) {
		return fault.Newf(fault.CodeRequestMalformed, "1 to %d printable ASCII characters without spaces", MaxToken).At("token")
	}
	return r.store.PutTarget(ctx, Target{Owner: owner, Device: device, Session: session, Service: service, Token: token, At: r.now()})
}

func isToken(token string) bool {
	if token == "" || len(token) > MaxToken {
		return false
	}
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return true
}

// Unregister sends the device no more messages.
func (r *Registry) Unregister(ctx context.Context, owner, device string) error {
	return r.store.RemoveTarget(ctx, owner, device)
}
