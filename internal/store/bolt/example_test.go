package bolt_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "giayto")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()

	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	ctx := context.Background()
	err = store.Issue(ctx, func(tx issuer.Tx) error {
		return tx.AddCitizen(wallet.Citizen{ID: "opaque", Number: "999000000001"})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	citizen, err := store.CitizenByNumber(ctx, "999000000001")
	fmt.Println(citizen.ID, err)
	_, err = store.Holding(ctx, citizen.ID, "somebody-elses")
	fmt.Println(err)
	// Output:
	// opaque <nil>
	// wallet.credential_unknown: there is no such holding, or it has ended
}
