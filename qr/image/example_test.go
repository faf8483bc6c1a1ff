package image_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/giayto/giayto/qr/image"
)

func ExampleRender() {
	code, err := image.Render("VN1:RRQFD8")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("version", code.Symbol().Version, "level", code.Symbol().Level, "side", code.Side())

	var picture bytes.Buffer
	if err := code.PNG(&picture, 8); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%q\n", picture.Bytes()[1:4])
	// Output:
	// version 1 level H side 29
	// "PNG"
}

func ExampleImage_SVG() {
	code, err := image.Render("VN1:RRQFD8")
	if err != nil {
		fmt.Println(err)
		return
	}
	var out strings.Builder
	if err := code.SVG(&out, image.SVGOptions{Title: "Mã QR", Lang: "vi"}); err != nil {
		fmt.Println(err)
	}
	head, _, _ := strings.Cut(out.String(), "<path")
	fmt.Println(head)
	// Output: <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29" role="img" shape-rendering="crispEdges" lang="vi"><title>Mã QR</title><rect width="29" height="29" fill="#fff"/>
}

func ExampleImage_TerminalPlain() {
	code, err := image.Render("VN1:RRQFD8")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The caller knows that the terminal shows dark letters on a light ground.
	if err := code.TerminalPlain(os.Stdout, image.OnLight); err != nil {
		fmt.Println(err)
	}
}
