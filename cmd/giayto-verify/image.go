package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Limits of a picture, applied before it is decoded.
const (
	maxImageBytes  = 20 << 20
	maxImagePixels = 40_000_000
)

// readImage returns the text of the QR in a picture.
func readImage(path string) (string, error) {
	raw, err := readBounded(path, maxImageBytes+1)
	if err != nil {
		return "", err
	}
	if len(raw) > maxImageBytes {
		return "", fmt.Errorf("%s: a picture has at most %d MB", path, maxImageBytes>>20)
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return "", fmt.Errorf("%s: neither PNG nor JPEG", path)
	}
	if int64(size.Width)*int64(size.Height) > maxImagePixels {
		return "", fmt.Errorf("%s: a picture has at most %d million pixels", path, maxImagePixels/1_000_000)
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return "", fmt.Errorf("%s: the picture is damaged", path)
	}
	text, err := decodeQR(picture)
	if err != nil {
		return "", fmt.Errorf("%s: no QR code could be read in the picture", path)
	}
	return text, nil
}

// decodeQR finds one QR code, in a photograph or in a clean drawing. Whatever
// the decoder trips over in a hostile picture, the answer is that there is none.
func decodeQR(picture image.Image) (text string, err error) {
	defer func() {
		if trip := recover(); trip != nil {
			text, err = "", errors.New("the decoder gave up")
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", err
	}
	reader := qrcode.NewQRCodeReader()
	var failures error
	for _, pure := range []bool{false, true} {
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
		if pure {
			hints[gozxing.DecodeHintType_PURE_BARCODE] = true
		}
		found, err := reader.Decode(bitmap, hints)
		if err == nil {
			return found.GetText(), nil
		}
		failures = errors.Join(failures, err)
		reader.Reset()
	}
	return "", failures
}
