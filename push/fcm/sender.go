package fcm

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	firebase "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/messaging"
	"google.golang.org/api/option"

	"github.com/giayto/giayto/push"
)

// Service is the name under which devices register a token of FCM.
const Service = "fcm"

// The data fields of a message.
const (
	FieldEvent    = "event"    // the id of the event
	FieldCategory = "category" // its push.Category
)

// maxLifetime is the longest that FCM keeps a message.
const maxLifetime = 28 * 24 * time.Hour

// Config is what a Sender needs.
type Config struct {
	Account *Account
	// Transport makes the connections; http.DefaultTransport if nil.
	Transport http.RoundTripper
	Now       func() time.Time
	// Endpoint is where messages are posted, such as http://127.0.0.1:9099/v1;
	// "" for Google's.
	Endpoint string
}

// Sender sends through FCM. It is safe for concurrent use.
type Sender struct {
	client *messaging.Client
	now    func() time.Time
}

var _ push.Sender = (*Sender)(nil)

// New returns a sender. It opens no connection: whether the account may send is
// known with the first message.
func New(ctx context.Context, c Config) (*Sender, error) {
	base := c.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	client := &http.Client{Transport: &transport{base: base, tokens: newTokens(c.Account, base, c.Now)}, CheckRedirect: noRedirect}
	options := []option.ClientOption{option.WithHTTPClient(client)}
	if c.Endpoint != "" {
		if !secure(c.Endpoint) {
			return nil, fmt.Errorf("fcm: the endpoint %s is not an https address", c.Endpoint)
		}
		options = append(options, option.WithEndpoint(c.Endpoint))
	}
	app, err := firebase.NewApp(ctx, &firebase.Config{ProjectID: c.Account.project}, options...)
	if err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	messages, err := app.Messaging(ctx)
	if err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	return &Sender{client: messages, now: c.Now}, nil
}

// Send hands a note to FCM, once.
func (s *Sender) Send(ctx context.Context, n push.Note) push.Reply {
	once, stop := context.WithCancel(ctx)
	defer stop()
	x := &exchange{stop: stop}
	_, err := s.client.Send(context.WithValue(once, exchangeKey{}, x), s.message(n))
	return s.reply(ctx, x, err)
}

// message carries data alone. Whatever it says passes through the hands of
// Google and Apple and may stand on a locked screen: a notification text would
// be the app's to make, from the category.
func (s *Sender) message(n push.Note) *messaging.Message {
	lifetime := max(0, min(n.Lifetime, maxLifetime)).Truncate(time.Second)
	priority := "normal"
	if n.Urgent {
		priority = "high"
	}
	return &messaging.Message{
		Token: n.Token,
		Data:  map[string]string{FieldEvent: n.Event, FieldCategory: string(n.Category)},
		// A phone that was away gets the newest of each category: the app then
		// reads its inbox, which has them all. FCM keeps four keys for a device.
		Android: &messaging.AndroidConfig{CollapseKey: string(n.Category), Priority: priority, TTL: &lifetime},
		APNS: &messaging.APNSConfig{
			// Apple refuses another priority for a message without a text.
			Headers: map[string]string{"apns-priority": "5", "apns-push-type": "background", "apns-collapse-id": string(n.Category),
				"apns-expiration": strconv.FormatInt(s.now().Add(lifetime).Unix(), 10)},
			Payload: &messaging.APNSPayload{Aps: &messaging.Aps{ContentAvailable: true}},
		},
	}
}
