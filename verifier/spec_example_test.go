package verifier_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// specBlock is a fenced block of docs/wire-format.md below a marker
// "<!-- KIND: NAME -->": kind text, deflate, example, signed or digest, and the
// name of a vector.
type specBlock struct{ kind, name, body string }

var specMarker = regexp.MustCompile("(?s)<!-- ([a-z]+): ([^\n]+?) -->\n```\n(.*?)\n```")

func readSpec(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("../docs/wire-format.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func specBlocks(t testing.TB) []specBlock {
	t.Helper()
	var blocks []specBlock
	for _, m := range specMarker.FindAllStringSubmatch(readSpec(t), -1) {
		blocks = append(blocks, specBlock{m[1], m[2], m[3]})
	}
	return blocks
}

// annotated reads a hex dump whose lines may end in "# comment".
func annotated(t testing.TB, dump string) []byte {
	t.Helper()
	var digits strings.Builder
	for line := range strings.Lines(dump) {
		code, _, _ := strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(code), ""))
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The worked examples of the specification are the vectors, at every layer.
func TestSpecExamples(t *testing.T) {
	texts := map[string]string{}
	for _, v := range readVectors(t).Vectors {
		texts[v.Name] = v.Text
	}
	count := map[string]int{}
	for _, block := range specBlocks(t) {
		count[block.kind]++
		t.Run(block.kind+" "+block.name, func(t *testing.T) {
			text, known := texts[block.name]
			if !known {
				t.Fatal("no vector has this name")
			}
			got, want := specLayer(t, block, text)
			if !bytes.Equal(got, want) {
				t.Errorf("the specification has\n%x\nthe vector\n%x", got, want)
			}
		})
	}
	for kind, least := range map[string]int{"text": 2, "example": 2, "deflate": 1, "signed": 1, "digest": 1} {
		if count[kind] < least {
			t.Errorf("%d blocks %q, want at least %d", count[kind], kind, least)
		}
	}
}

// specLayer returns a block of the specification and what the vector's text
// says it should be.
func specLayer(t *testing.T, block specBlock, text string) (got, want []byte) {
	t.Helper()
	message, err := qr.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	signed := specSigned(message)
	digest := sha256.Sum256(signed)
	switch block.kind {
	case "text":
		return []byte(block.body), []byte(text)
	case "deflate":
		// Read as plain, the same base45 gives the compressed bytes.
		stream, err := qr.Decode(strings.Replace(text, "VN2:", "VN1:", 1))
		if err != nil {
			t.Fatal(err)
		}
		return annotated(t, block.body), stream
	case "example":
		return annotated(t, block.body), message
	case "signed":
		return annotated(t, block.body), signed
	case "digest":
		return annotated(t, block.body), digest[:]
	}
	t.Fatalf("no such kind of block: %s", block.kind)
	return nil, nil
}

// specSigned builds the Sig_structure from the bytes of a message as section 5
// of the specification says, without the product's own code.
func specSigned(message []byte) []byte {
	const protected, afterHeaders, signature = 2, 13, 66
	signed := append([]byte{0x84, 0x6a}, "Signature1"...)
	signed = append(signed, message[protected:protected+10]...)
	signed = append(append(signed, 0x55), "giayto/presentation/1"...)
	return append(signed, message[afterHeaders:len(message)-signature]...)
}

// The bytes that section 5 says are signed are those that the key signed.
func TestSpecSignature(t *testing.T) {
	for _, v := range readVectors(t).Vectors {
		if v.Want.Verdict != verifier.Established {
			continue
		}
		root, err := verifier.ParseKey(v.Root)
		if err != nil {
			t.Fatal(err)
		}
		roots := []*verifier.Key{root}
		for _, held := range []string{v.Policy.EarlierList, v.Policy.PreviousList} {
			if held != "" {
				roots = ok(verifier.OpenTrustList([]byte(held), roots...))(t).Roots()
			}
		}
		list, err := verifier.OpenTrustList([]byte(v.TrustList), roots...)
		if err != nil {
			t.Fatal(err)
		}
		message, err := qr.Decode(v.Text)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(specSigned(message))
		r := new(big.Int).SetBytes(message[len(message)-64 : len(message)-32])
		s := new(big.Int).SetBytes(message[len(message)-32:])
		if !slices.ContainsFunc(list.Keys, func(k verifier.TrustedKey) bool {
			return ecdsa.Verify(k.Key().Public, digest[:], r, s)
		}) {
			t.Errorf("%s: no key of the list signed the bytes of section 5", v.Name)
		}
	}
}

// The specification gives the last bytes of dictionary 1 and its hashes.
func TestSpecDictionary(t *testing.T) {
	spec := readSpec(t)
	_, after, found := strings.Cut(spec, "<!-- dictionary tail -->\n```\n")
	dump, _, _ := strings.Cut(after, "```")
	tail := annotated(t, dump)
	dictionary := qr.Dictionary()
	if !found || len(tail) == 0 || !bytes.HasSuffix(dictionary, tail) {
		t.Errorf("the dictionary does not end in %x", tail)
	}
	text := dictionary[:len(dictionary)-len(tail)]
	for _, want := range []string{
		fmt.Sprintf("has %d bytes: the %d bytes of", len(dictionary), len(text)),
		fmt.Sprintf("`%x`", sha256.Sum256(text)), "`" + qr.DictionarySHA256 + "`",
	} {
		if !strings.Contains(oneLine(spec), want) {
			t.Errorf("the specification lacks %s", want)
		}
	}
}

// oneLine undoes the line breaks of running text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// The numbers of the specification are those of the code.
func TestSpecNumbers(t *testing.T) {
	spec := readSpec(t)
	rules := verifier.DefaultRules()
	for _, want := range []string{
		fmt.Sprintf("| bytes of a text | %d |", qr.MaxText),
		fmt.Sprintf("| bytes of a message | %d |", qr.MaxInflated),
		fmt.Sprintf("| documents of a presentation | %d |", verifier.MaxDocuments),
		fmt.Sprintf("| fields of a document | %d |", verifier.MaxFields),
		fmt.Sprintf("| bytes of an audience | %d |", verifier.MaxAudience),
		fmt.Sprintf("| bytes of a trust list | %d |", verifier.MaxTrustList),
		fmt.Sprintf("cti | must; byte string of exactly %d", verifier.TokenIDSize),
		fmt.Sprintf("nonce | optional; byte string of exactly %d", verifier.NonceSize),
		fmt.Sprintf("integer 1 to 600; %d unless", rules.MaxLifetime),
		fmt.Sprintf("integer 1 to 86400; default %d |", rules.MaxBoundLifetime),
		fmt.Sprintf("integer 0 to 300; default %d |", rules.ClockSkew),
		fmt.Sprintf("(90 days); default %d ", rules.Grace),
	} {
		if !strings.Contains(spec, want) {
			t.Errorf("the specification does not say %q", want)
		}
	}
}

// Every reason of this release is given by a step of the specification, and the
// specification knows no other.
func TestSpecReasons(t *testing.T) {
	spec := readSpec(t)
	for _, info := range verifier.Reasons() {
		if !info.Reserved && !strings.Contains(spec, "`"+string(info.Reason)+"`") {
			t.Errorf("the specification does not say when the reason is %s", info.Reason)
		}
	}
	_, steps, _ := strings.Cut(spec, "| step | fails when | reason |\n")
	steps, _, _ = strings.Cut(steps, "\n\n")
	rows := 0
	for row := range strings.Lines(steps) {
		cells := strings.Split(row, "|")
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[len(cells)-2], -1) {
			rows++
			if verifier.Reason(name[1]).Info().Why.EN == "" {
				t.Errorf("the specification gives %s, which is no reason", name[1])
			}
		}
	}
	if rows < 20 {
		t.Errorf("the table of steps gives %d reasons; was it read?", rows)
	}
}
