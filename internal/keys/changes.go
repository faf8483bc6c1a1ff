package keys

import (
	"fmt"
	"time"

	"github.com/giayto/giayto/verifier"
)

// Changes tells a person what a list changes against the previous one, which may
// be nil: one line for the list, and one for each key that comes, goes, or is
// told otherwise.
func Changes(before *verifier.TrustList, list verifier.TrustList) ([]string, error) {
	day := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	lines := []string{fmt.Sprintf("list %d of %s, good from %s until %s, %d keys", list.Version, list.Issuer,
		day(list.IssuedAt), day(list.NextUpdate), len(list.Keys))}
	was := map[string]*verifier.TrustedKey{}
	if before != nil {
		for i := range before.Keys {
			was[before.Keys[i].Key().Thumbprint] = &before.Keys[i]
		}
		if before.Rules != list.Rules {
			lines = append(lines, "! the rules change")
		}
	}
	same := 0
	for i := range list.Keys {
		k := &list.Keys[i]
		key, err := verifier.ParseKey(k.JWK)
		if err != nil {
			return nil, err
		}
		old := was[key.Thumbprint]
		delete(was, key.Thumbprint)
		word := fmt.Sprintf("%s %s, %s to %s", k.Purpose, key.Thumbprint, day(k.NotBefore), day(k.NotAfter))
		switch {
		case k.RevokedAt != nil && (old == nil || old.RevokedAt == nil):
			lines = append(lines, fmt.Sprintf("! revoked from %s (%s): %s", day(*k.RevokedAt), k.Revoked, word))
		case old == nil:
			lines = append(lines, "+ new: "+word)
		case !sameKey(*old, *k):
			lines = append(lines, "! changed: "+word)
		default:
			same++
		}
	}
	if before != nil {
		for i := range before.Keys { // in the order of the list, not of the map
			if k := was[before.Keys[i].Key().Thumbprint]; k != nil {
				lines = append(lines, fmt.Sprintf("- gone: %s %s, until %s", k.Purpose, k.Key().Thumbprint, day(k.NotAfter)))
			}
		}
	}
	if list.NextRoot != nil {
		lines = append(lines, "! the next root is "+list.NextRoot.Key().Thumbprint)
	}
	return append(lines, fmt.Sprintf("= %d keys as before", same)), nil
}
