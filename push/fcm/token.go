package fcm

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
)

// scope is what the access token is for.
const scope = "https://www.googleapis.com/auth/firebase.messaging"

const (
	// refreshBefore is how long before its end a token is not used any more.
	refreshBefore = time.Minute
	// refusalPause is how long nobody asks again after the token endpoint has
	// refused, so that a wrong key does not ask for each message.
	refusalPause = 5 * time.Second
)

// errNoToken says that the service account gets no access token. The text of
// the endpoint is dropped: it may quote what was sent.
var errNoToken = errors.New("no access token")

// tokens holds the access token of an account. It is safe for concurrent use.
type tokens struct {
	account *Account
	base    http.RoundTripper
	now     func() time.Time

	// turn admits one caller at a time, who gives it back; waiting for it obeys
	// a context, which a mutex does not.
	turn    chan struct{}
	token   string
	until   time.Time // when token is not used any more
	pausing time.Time // until when nobody asks again
}

func newTokens(a *Account, base http.RoundTripper, now func() time.Time) *tokens {
	t := &tokens{account: a, base: base, now: now, turn: make(chan struct{}, 1)}
	t.turn <- struct{}{}
	return t
}

// get returns a token other than refused, which is "" at first: the one at hand,
// or a new one.
func (t *tokens) get(ctx context.Context, refused string) (string, error) {
	select {
	case <-t.turn:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { t.turn <- struct{}{} }()
	now := t.now()
	if t.token != "" && t.token != refused && now.Before(t.until) {
		return t.token, nil
	}
	if now.Before(t.pausing) {
		return "", errNoToken
	}
	token, lifetime, err := t.fetch(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		t.pausing = now.Add(refusalPause)
		return "", errNoToken
	}
	t.token, t.until = token, now.Add(lifetime-refreshBefore)
	return token, nil
}

// fetch asks for a token with an assertion under the account's key (RFC 7523).
func (t *tokens) fetch(ctx context.Context) (string, time.Duration, error) {
	config := jwt.Config{Email: t.account.email, PrivateKey: t.account.key, PrivateKeyID: t.account.keyID,
		Scopes: []string{scope}, TokenURL: t.account.tokenURI}
	client := &http.Client{Transport: within{ctx, t.base}, CheckRedirect: noRedirect}
	got, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, client)).Token()
	if err != nil {
		return "", 0, err
	}
	if got.AccessToken == "" {
		return "", 0, errNoToken
	}
	return got.AccessToken, time.Until(got.Expiry), nil
}

// within gives requests a context: package jwt makes them without one, and a
// token endpoint that hangs would hold up everybody for ever.
type within struct {
	ctx  context.Context
	base http.RoundTripper
}

// RoundTrip is for http.RoundTripper.
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	return w.base.RoundTrip(r.WithContext(w.ctx))
}

// noRedirect: neither an assertion nor a token follows a redirect to somewhere
// else.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
