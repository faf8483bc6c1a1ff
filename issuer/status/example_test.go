package status_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/wallet"
)

// oneKey signs every list.
type oneKey struct{ *ecdsa.PrivateKey }

func (k oneKey) Status(time.Time) (issuer.SigningKey, error) {
	return issuer.SigningKey{Signer: k.PrivateKey, KeyID: "example"}, nil
}

// A list is opened, one of its positions is revoked, and everybody may fetch
// it.
func Example() {
	dir, err := os.MkdirTemp("", "giayto")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	place := wallet.StatusRef{List: 1, Index: 42}
	err = store.Issue(ctx, func(tx issuer.Tx) error {
		if _, err := tx.OpenStatusList("csgt", 1000, start); err != nil {
			return err
		}
		if _, err := tx.TakeStatus("csgt", place); err != nil {
			return err
		}
		return tx.MarkStatus("csgt", place, wallet.Standing{Status: wallet.Revoked, Reason: issuer.RevokedLost, Since: start})
	})
	if err != nil {
		log.Fatal(err)
	}

	publisher := status.New(status.Config{Store: store, Keys: oneKey{key}, Origin: origin, Now: func() time.Time { return start }})
	if err := publisher.Refresh(ctx); err != nil {
		log.Fatal(err)
	}
	published, err := publisher.List("csgt", 1)
	if err != nil {
		log.Fatal(err)
	}
	list, err := statuslist.Open(string(published.Body), statuslist.OpenOptions{Key: &key.PublicKey,
		Subject: origin + issuer.StatusListPath("csgt", 1), Now: start})
	if err != nil {
		log.Fatal(err)
	}
	s, err := list.List.Get(place.Index)
	fmt.Println(s, err)
	// Output: revoked <nil>
}
