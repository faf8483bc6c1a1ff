package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// address is a place of residence. Until 2025-06-30 it had a district; cards
// printed before keep it (NQ 202/2025/QH15 changes no valid paper).
type address struct {
	street, commune, district, region string
	spelling                          spelling
}

// spelling is how the whole address is written on one line. Cards have all
// three: they follow whoever typed them.
type spelling int

const (
	capitalised spelling = iota // Phường Tân An, Tỉnh Gia Lai
	inSentence                  // phường Tân An, tỉnh Gia Lai
	bare                        // Tân An, Gia Lai
)

var unitKinds = []string{"Xã ", "Phường ", "Thị trấn ", "Đặc khu ", "Huyện ", "Quận ", "Thị xã ", "Thành phố ", "Tỉnh "}

func (s spelling) write(unit string) string {
	switch s {
	case inSentence:
		first, size := utf8.DecodeRuneInString(unit)
		return string(unicode.ToLower(first)) + unit[size:]
	case bare:
		for _, kind := range unitKinds {
			if name, ok := strings.CutPrefix(unit, kind); ok {
				return name
			}
		}
	}
	return unit
}

func (a address) formatted() string {
	parts := []string{a.street}
	for _, unit := range []string{a.commune, a.district, a.region} {
		if unit != "" {
			parts = append(parts, a.spelling.write(unit))
		}
	}
	return strings.Join(parts, ", ")
}

// fill sets the members of an address claim.
func (a address) fill(f fields, claim string) fields {
	return f.set(claim+".formatted", a.formatted()).
		set(claim+".street_address", a.street).
		set(claim+".locality", a.commune).
		set(claim+".region", a.region).
		set(claim+".country", "VN")
}

// home composes an address in a province, of today or with four levels as it
// was before 2025-07-01.
func (v *vocabulary) home(r *rand.Rand, p *province, old bool) address {
	urban := r.IntN(4) == 0 || p.city && r.IntN(3) > 0
	a := address{region: p.title(), commune: "Xã " + v.commune(r), spelling: spelling(r.IntN(2))}
	if urban {
		a.commune = "Phường " + v.commune(r)
		a.street = v.townStreet(r)
	} else {
		a.street = v.villageStreet(r)
	}
	if !old {
		return a
	}
	was := pick(r, p.former)
	a.region, a.spelling = was.title(), spelling(r.IntN(3))
	switch {
	case was.city && urban:
		a.district = "Quận " + v.commune(r)
	case urban:
		a.district = pick(r, []string{"Thành phố ", "Thị xã "}) + v.commune(r)
	default:
		a.district = "Huyện " + v.commune(r)
		if r.IntN(6) == 0 {
			a.commune = "Thị trấn " + v.commune(r)
		}
	}
	return a
}

func (v *vocabulary) townStreet(r *rand.Rand) string {
	street, number := pick(r, v.streets), 1+r.IntN(400)
	switch r.IntN(8) {
	case 0:
		return fmt.Sprintf("Số %d đường %s", number, street)
	case 1:
		return fmt.Sprintf("Số %d, ngõ %d, đường %s", 1+r.IntN(60), number, street)
	case 2:
		return fmt.Sprintf("%d/%d %s", number, 1+r.IntN(40), street)
	case 3:
		return fmt.Sprintf("Tổ %d, Khu phố %d", 1+r.IntN(30), 1+r.IntN(9))
	case 4:
		return fmt.Sprintf("Căn hộ %d%02d, %s, %d %s", 2+r.IntN(20), 1+r.IntN(12), pick(r, v.buildings), number, street)
	}
	return fmt.Sprintf("%d %s", number, street)
}

func (v *vocabulary) villageStreet(r *rand.Rand) string {
	hamlet := fmt.Sprintf(pick(r, v.hamlets), 1+r.IntN(15))
	if r.IntN(4) == 0 {
		return fmt.Sprintf("Số nhà %d, %s", 1+r.IntN(300), hamlet)
	}
	return hamlet
}

// office writes the area of an authority: "tỉnh Gia Lai", "Thành phố Huế".
func office(title string) string {
	if name, ok := strings.CutPrefix(title, "Tỉnh "); ok {
		return "tỉnh " + name
	}
	return title
}

// origin is the place a family comes from, as its card writes it.
func (v *vocabulary) origin(r *rand.Rand, was *former) string {
	commune, district := v.commune(r), v.commune(r)
	switch r.IntN(3) {
	case 0:
		return fmt.Sprintf("Xã %s, huyện %s, %s", commune, district, inSentence.write(was.title()))
	case 1:
		return fmt.Sprintf("Xã %s, %s", commune, inSentence.write(was.title()))
	}
	return fmt.Sprintf("%s, %s, %s", commune, district, was.name)
}
