package qr_test

import (
	"errors"
	"fmt"

	"github.com/giayto/giayto/qr"
)

func ExampleEncode() {
	text, err := qr.Encode([]byte{0xD2, 0x84, 0x41, 0xA0})
	fmt.Println(text, err)
	// Output: VN1:RRQFD8 <nil>
}

func ExampleDecode() {
	message, err := qr.Decode("VN1:RRQFD8")
	fmt.Printf("%X %v\n", message, err)

	_, err = qr.Decode("VN7:RRQFD8")
	var refusal *qr.Error
	if errors.As(err, &refusal) && refusal.Code == qr.CodeUnsupportedVersion {
		fmt.Println("this code is newer than the app: update the app")
	}
	// Output:
	// D28441A0 <nil>
	// this code is newer than the app: update the app
}

func ExampleFit() {
	symbol, err := qr.Fit("VN1:RRQFD8")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("version %d, level %s, %d modules a side\n", symbol.Version, symbol.Level, symbol.Modules)
	// Output: version 1, level H, 21 modules a side
}
