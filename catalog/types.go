package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// TypePath is where the type metadata of a version of a document is, below the
// origin of the deployment.
func TypePath(document string, version int) string {
	return "/vct/" + document + "/" + strconv.Itoa(version)
}

// Type is the type of a document's credentials, the value of their vct: an URL
// that serves TypeMetadata (draft-ietf-oauth-sd-jwt-vc-25). origin is the public
// origin of the deployment, without a slash at the end.
func (d *Document) Type(origin string) string { return origin + TypePath(d.ID, d.Version) }

// typeMetadata is the form of the draft, section "SD-JWT VC Type Metadata".
type typeMetadata struct {
	Type        string        `json:"vct"`
	Name        string        `json:"name"`        // for developers
	Description string        `json:"description"` // for developers
	Display     []typeDisplay `json:"display"`
}

type typeDisplay struct {
	Locale      string `json:"locale"` // RFC 5646
	Name        string `json:"name"`
	Description string `json:"description"`
	Rendering   struct {
		Simple struct {
			Background string `json:"background_color"`
			Text       string `json:"text_color"`
		} `json:"simple"`
	} `json:"rendering"`
}

// typeClaim describes a claim, a group of claims, the items of a list (nil in
// the path) or a member of the items.
type typeClaim struct {
	Path      []any          `json:"path"`
	Display   []claimDisplay `json:"display,omitempty"`
	Mandatory bool           `json:"mandatory,omitempty"`
	Disclose  string         `json:"sd"`
}

type claimDisplay struct {
	Locale      string `json:"locale"`
	Label       string `json:"label"`
	Description string `json:"description,omitempty"`
}

// Values of sd. "allowed" is used where issuing decides by what is there.
const (
	sdAlways  = "always"
	sdAllowed = "allowed"
	sdNever   = "never"
)

// TypeMetadata returns the type metadata of the document's own version as it is
// served under Type(origin): the claims that credentials carry, with labels in
// both languages, and whether each is disclosed by choice. The same document and
// origin always give the same bytes, because credentials carry their hash. One
// claim stands on a line.
func (d *Document) TypeMetadata(origin string) []byte {
	head := typeMetadata{Type: d.Type(origin), Name: d.Labels.EN,
		Description: fmt.Sprintf("%s (%s), issued by %s (%s). Sources: %s.",
			d.Labels.EN, d.Labels.VI, d.Agency.Name.EN, d.Agency.Name.VI, strings.Join(d.Legal, "; ")),
		Display: []typeDisplay{d.display("vi", d.Labels.VI, d.Agency.Name.VI), d.display("en", d.Labels.EN, d.Agency.Name.EN)}}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(encode(head), []byte("}")))
	b.WriteString(`,"claims":[`)
	for i, claim := range d.typeClaims() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(encode(claim))
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// encode writes JSON of the types above, which cannot fail, and leaves letters
// as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("catalog: type metadata: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (d *Document) display(locale, name, agency string) typeDisplay {
	t := typeDisplay{Locale: locale, Name: name, Description: agency}
	t.Rendering.Simple.Background, t.Rendering.Simple.Text = d.Hue, readableOn(d.Hue)
	return t
}

// readableOn is white or black, whichever stands out more from a colour
// (#rrggbb) by its brightness.
func readableOn(colour string) string {
	rgb, _ := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	brightness := 299*(rgb>>16&0xff) + 587*(rgb>>8&0xff) + 114*(rgb&0xff)
	if brightness < 128*1000 {
		return "#ffffff"
	}
	return "#000000"
}

// typeClaims lists what credentials carry in the order of the catalogue, each
// group before its first member.
func (d *Document) typeClaims() []typeClaim {
	var list []typeClaim
	described := map[string]bool{}
	for _, cl := range d.all {
		if !cl.Issued() {
			continue
		}
		names := strings.Split(cl.ID, ".")
		for i := 1; i < len(names); i++ {
			if id := strings.Join(names[:i], "."); !described[id] {
				described[id] = true
				list = append(list, d.typeGroup(id))
			}
		}
		list = append(list, cl.typeClaims(pathOf(cl.ID))...)
	}
	return list
}

func pathOf(id string) []any {
	var at []any
	for name := range strings.SplitSeq(id, ".") {
		at = append(at, name)
	}
	return at
}

// typeGroup describes an object that only holds claims. It is a disclosure of
// its own as soon as one of those that are there is.
func (d *Document) typeGroup(id string) typeClaim {
	group := typeClaim{Path: pathOf(id)}
	chosen, clear := false, false
	for _, cl := range d.all {
		if !cl.Issued() || !strings.HasPrefix(cl.ID, id+".") {
			continue
		}
		chosen, clear = chosen || cl.Disclose == Choice, clear || cl.Disclose == Always
		group.Mandatory = group.Mandatory || cl.Required
	}
	switch {
	case chosen && clear:
		group.Disclose = sdAllowed
	case chosen:
		group.Disclose = sdAlways
	default:
		group.Disclose = sdNever
	}
	return group
}

// typeClaims describes a claim and, where it is a list, its items. Members of an
// item come and go with the item: they are no disclosures of their own.
// mandatory is said of claims only, not of members: a list may be empty.
func (cl *Claim) typeClaims(at []any) []typeClaim {
	disclose := sdNever
	if cl.Disclose == Choice {
		disclose = sdAlways
	}
	list := []typeClaim{{Path: at, Display: cl.typeDisplay(), Mandatory: cl.Required, Disclose: disclose}}
	if cl.Item == nil {
		return list
	}
	items := append(slices.Clone(at), nil)
	list = append(list, typeClaim{Path: items, Disclose: disclose})
	for _, member := range cl.Item.Members {
		list = append(list, typeClaim{Path: append(slices.Clone(items), member.ID), Display: member.typeDisplay(), Disclose: sdNever})
	}
	return list
}

// typeDisplay gives the labels, and what a null means.
func (cl *Claim) typeDisplay() []claimDisplay {
	vi, en := claimDisplay{Locale: "vi", Label: cl.Labels.VI}, claimDisplay{Locale: "en", Label: cl.Labels.EN}
	if cl.NullText != nil {
		vi.Description, en.Description = "null: "+cl.NullText.VI, "null: "+cl.NullText.EN
	}
	return []claimDisplay{vi, en}
}
