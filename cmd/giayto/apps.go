package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/giayto/giayto/server/public"
	"github.com/giayto/giayto/server/session/passkey"
)

// passkeyConfig says for which domain passkeys are made, and which apps may use
// them beside the pages of the origin.
type passkeyConfig struct {
	rpID string // "" for the host of the origin
	apps public.Apps
}

// walletName is what an authenticator shows.
const walletName = "Giayto - Ví giấy tờ"

var (
	androidPackage = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$`)
	appleApp       = regexp.MustCompile(`^[A-Z0-9]{10}\.[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$`)
)

// setAndroid reads PACKAGE=FINGERPRINT, several with commas between; the same
// package may stand several times.
func (p *passkeyConfig) setAndroid(list string) error {
	p.apps.Android = nil
	for word := range words(list) {
		name, fingerprint, ok := strings.Cut(word, "=")
		digest, err := hex.DecodeString(strings.ReplaceAll(fingerprint, ":", ""))
		if !ok || err != nil || len(digest) != 32 || !androidPackage.MatchString(name) {
			return fmt.Errorf("%q is not PACKAGE=SHA-256 of its certificate, such as org.example.wallet=AB:CD:…", word)
		}
		written := strings.ToUpper(colons(digest))
		i := slices.IndexFunc(p.apps.Android, func(a public.AndroidApp) bool { return a.Package == name })
		if i < 0 {
			p.apps.Android = append(p.apps.Android, public.AndroidApp{Package: name})
			i = len(p.apps.Android) - 1
		}
		p.apps.Android[i].Fingerprints = append(p.apps.Android[i].Fingerprints, written)
	}
	return nil
}

// setApple reads TEAM.BUNDLE, several with commas between.
func (p *passkeyConfig) setApple(list string) error {
	p.apps.Apple = nil
	for word := range words(list) {
		if !appleApp.MatchString(word) {
			return fmt.Errorf("%q is not TEAM.BUNDLE, such as A1B2C3D4E5.org.example.wallet", word)
		}
		p.apps.Apple = append(p.apps.Apple, word)
	}
	return nil
}

// words are the parts of a list with commas between.
func words(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word := range strings.SplitSeq(list, ",") {
			if word = strings.TrimSpace(word); word != "" && !yield(word) {
				return
			}
		}
	}
}

func colons(digest []byte) string {
	parts := make([]string, len(digest))
	for i, b := range digest {
		parts[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(parts, ":")
}

// party is the relying party of an origin.
func (p passkeyConfig) party(origin string) (*passkey.Party, error) {
	u, err := parseOrigin(origin)
	if err != nil {
		return nil, err
	}
	origins := []string{u.String()}
	host := u.Hostname()
	if ip := net.ParseIP(host); ip != nil {
		if !ip.IsLoopback() {
			return nil, errors.New("--origin must name a host: passkeys belong to domains, and no browser makes one for an address")
		}
		// Passkeys belong to domains, never to addresses. On this machine itself
		// the page is opened by name.
		host = "localhost"
		local := *u
		local.Host = host
		if u.Port() != "" {
			local.Host = net.JoinHostPort(host, u.Port())
		}
		origins = append(origins, local.String())
	}
	id := host
	if p.rpID != "" {
		id = strings.ToLower(p.rpID)
		if id != host && (!strings.HasSuffix(host, "."+id) || !strings.Contains(id, ".")) {
			return nil, errors.New("--rp-id must be the host of --origin, or a domain above it")
		}
		// Browsers refuse a domain under which anybody registers names of their
		// own, and passkeys are for good: say so before there are any.
		if suffix, _ := publicsuffix.PublicSuffix(id); id != host && suffix == id {
			return nil, errors.New("--rp-id is a public suffix, for which no browser makes passkeys: give the domain below it")
		}
	}
	for _, app := range p.apps.Android {
		for _, fingerprint := range app.Fingerprints {
			digest, err := hex.DecodeString(strings.ReplaceAll(fingerprint, ":", ""))
			if err != nil {
				return nil, err
			}
			origins = append(origins, "android:apk-key-hash:"+base64.RawURLEncoding.EncodeToString(digest))
		}
	}
	// An app of Apple's speaks for the domain itself.
	if apple := "https://" + id; len(p.apps.Apple) > 0 && !slices.Contains(origins, apple) {
		origins = append(origins, apple)
	}
	return passkey.New(passkey.Config{ID: id, Name: walletName, Origins: origins}), nil
}
