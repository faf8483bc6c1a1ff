package issuer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
)

// oneKey signs for every agency.
type oneKey struct{ *ecdsa.PrivateKey }

func (k oneKey) Credential(string, time.Time) (issuer.SigningKey, error) {
	return issuer.SigningKey{Signer: k.PrivateKey, KeyID: "example"}, nil
}

func (k oneKey) Revoked(string, string) bool { return false }

// exampleService is an issuer on a store that done removes.
func exampleService() (service *issuer.Service, done func()) {
	dir, err := os.MkdirTemp("", "giayto")
	if err != nil {
		panic(err)
	}
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		panic(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: store, Keys: oneKey{key},
		Origin: "https://giayto.example", Now: func() time.Time { return noon }})
	return service, func() {
		_ = store.Close()
		_ = os.RemoveAll(dir)
	}
}

func ExampleService_Import() {
	service, done := exampleService()
	defer done()

	const register = `
{"document":"can_cuoc","claims":{"personal_administrative_number":"079305000001","name":"MAI THỊ VÍ DỤ","birthdate":"2005-02-28","sex":2,"address":{"formatted":"Phường Tân An, Thành phố Hồ Chí Minh"},"nationalities":["VN"],"date_of_issuance":"2022-05-10","date_of_expiry":"2030-02-28","issuing_authority":"Bộ Công an"}}
{"document":"can_cuoc","claims":{"name":"MAI THỊ VÍ DỤ"}}
`
	sum, err := service.Import(context.Background(), "c06", strings.NewReader(register), issuer.ImportOptions{
		Each: func(o issuer.Outcome) {
			fmt.Printf("line %d: %s\n", o.Line, o.Status)
			for _, p := range o.Problems[:min(len(o.Problems), 2)] {
				fmt.Println("  ", p.Field, p.Code)
			}
		},
	})
	fmt.Println(sum, err)
	// Output:
	// line 2: issued
	// line 3: rejected
	//    personal_administrative_number missing
	//    birthdate missing
	// 2 lines: 1 issued, 0 updated, 0 unchanged, 1 rejected; 0 warnings <nil>
}

func ExampleService_Import_dryRun() {
	service, done := exampleService()
	defer done()

	export := strings.NewReader(anh.cardLine())
	sum, err := service.Import(context.Background(), "c06", export, issuer.ImportOptions{DryRun: true})
	fmt.Println(sum, err)

	export = strings.NewReader(anh.cardLine())
	sum, err = service.Import(context.Background(), "c06", export, issuer.ImportOptions{MaxBytes: 100})
	fmt.Println(sum.Lines, err)
	// Output:
	// 1 lines: 1 issued, 0 updated, 0 unchanged, 0 rejected; 0 warnings <nil>
	// 0 request.too_large: the export is larger than allowed
}

// A licence is withheld by its number: the agency finds the credential, says
// why, and what it said holds for every later record of the paper.
func ExampleService_Withhold() {
	service, done := exampleService()
	defer done()
	ctx := context.Background()
	if _, err := service.Import(ctx, "c06", strings.NewReader(anh.cardLine()), issuer.ImportOptions{}); err != nil {
		fmt.Println(err)
	}
	if _, err := service.Import(ctx, "csgt", strings.NewReader(anh.licenceLine(licence)), issuer.ImportOptions{}); err != nil {
		fmt.Println(err)
	}

	found, err := service.Find(ctx, "csgt", "gplx", map[string]string{"document_number": licence})
	if err != nil {
		fmt.Println(err)
		return
	}
	change, err := service.Withhold(ctx, "csgt", found[0].ID, issuer.WithheldPointsExhausted)
	fmt.Println(change.Standing.Status, change.Standing.Reason, change.Changed, err)
	change, err = service.Withhold(ctx, "csgt", found[0].ID, issuer.WithheldPointsExhausted)
	fmt.Println(change.Published, change.Changed, err)
	_, err = service.Import(ctx, "csgt", strings.NewReader(anh.licenceLine(licence)), issuer.ImportOptions{
		Each: func(o issuer.Outcome) { fmt.Println(o.Status, o.State) }})
	fmt.Println(err)
	// Output:
	// withheld points_exhausted true <nil>
	// withheld false <nil>
	// unchanged withheld
	// <nil>
}
