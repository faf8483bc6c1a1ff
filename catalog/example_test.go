package catalog_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
)

func ExampleDefault() {
	for _, d := range catalog.Default().Documents() {
		fmt.Println(d.Code, d.ID, d.Labels.EN)
	}
	// Output:
	// 1 can_cuoc Identity card
	// 2 gplx Driving licence
	// 3 dang_ky_xe Vehicle registration certificate
	// 4 bhyt Health insurance card
}

// A further document is a file and no code.
func ExampleLoad() {
	c, err := catalog.Load(catalog.Files(), os.DirFS("testdata/fifth"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.DocumentByCode(5).Labels.VI)
	// Output: Sổ bảo hiểm xã hội
}

func ExampleDocument_Normalise() {
	decoder := json.NewDecoder(strings.NewReader(`{"personal_administrative_number": 79305000123, "name": "Khăm", "hair": "black"}`))
	decoder.UseNumber()
	var record map[string]any
	if err := decoder.Decode(&record); err != nil {
		fmt.Println(err)
		return
	}
	_, violations := catalog.Default().Document("can_cuoc").Normalise(record)
	for _, v := range violations {
		if v.Code != catalog.CodeMissing {
			fmt.Println(v.Claim, v.Code, v.Text().EN)
		}
	}
	// Output:
	// personal_administrative_number type_mismatch The value has the wrong type.
	// hair unknown_claim The catalogue does not know this field.
}

func ExampleDocument_Derive() {
	d := catalog.Default().Document("can_cuoc")
	m := catalog.Moment{Now: time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC)}
	fmt.Println(d.Derive("age_equal_or_over.18", catalog.Values{"birthdate": "2005-02-28"}, m))
	fmt.Println(d.Derive("age_equal_or_over.18", catalog.Values{"birthdate": "2008"}, m))
	// Output:
	// true <nil>
	// <nil> catalog: age_equal_or_over.18: undetermined
}

func ExampleClaim_Show() {
	d := catalog.Default().Document("can_cuoc")
	fmt.Println(d.Claim("birthdate").Show("2005-02-28").VI)
	fmt.Println(d.Claim("birthdate").Show("1950").VI)
	fmt.Println(d.Claim("date_of_expiry").Show(nil).EN)
	// Output:
	// 28/02/2005
	// 1950
	// No expiry
}

func ExampleClaim_ToWire() {
	number := catalog.Default().Document("can_cuoc").Claim("personal_administrative_number")
	w, err := number.ToWire("001095000123")
	fmt.Println(w, err)
	v, err := number.FromWire(w)
	fmt.Println(v, err)
	// Output:
	// 1095000123 <nil>
	// 001095000123 <nil>
}

func ExampleFoldName() {
	fmt.Println(catalog.FoldName("LÊ THỊ HOÀ") == catalog.FoldName("Lê Thị Hòa"))
	fmt.Println(catalog.FoldName("Lê Thị Hoa") == catalog.FoldName("Lê Thị Hòa"))
	// Output:
	// true
	// false
}

func ExampleToday() {
	evening := time.Date(2026, 6, 14, 17, 0, 0, 0, time.UTC)
	fmt.Println(catalog.Today(evening))
	// Output: 2026-06-15
}
