package demo_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/issuer"
)

func ExampleRegisters() {
	for _, r := range demo.Registers(demo.Snapshot()) {
		fmt.Println(r.Agency, r.Name, bytes.Count(r.NDJSON, []byte("\n")) > 150)
	}
	// Output:
	// c06 c06-can-cuoc true
	// csgt csgt-gplx true
	// csgt csgt-dang-ky-xe true
	// bhxh bhxh-bhyt true
}

func everything(asOf time.Time) []demo.Register {
	return slices.Concat(demo.Registers(asOf), demo.Changes(asOf), demo.Bad(asOf), demo.HeldOut(asOf, 50))
}

func TestTheSameDayGivesTheSameBytes(t *testing.T) {
	midnight := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC) // 2026-11-23 00:00 in Viet Nam
	want := everything(midnight)
	for _, same := range []time.Time{midnight, snapshot, midnight.Add(24*time.Hour - time.Nanosecond), snapshot.In(time.FixedZone("", -11*3600))} {
		for i, r := range everything(same) {
			if r.Agency != want[i].Agency || r.Name != want[i].Name || !bytes.Equal(r.NDJSON, want[i].NDJSON) {
				t.Errorf("%v: %s differs", same, r.Name)
			}
		}
	}
	for _, other := range []time.Time{midnight.Add(-time.Nanosecond), midnight.Add(24 * time.Hour)} {
		if bytes.Equal(demo.Registers(other)[0].NDJSON, want[0].NDJSON) {
			t.Errorf("%v: another day, the same people of 18 today", other)
		}
	}
}

// Every line is accepted by the catalogue; the only warnings are announced.
func TestEveryGoodLineIsAccepted(t *testing.T) {
	for _, day := range days {
		asOf := ict(t, day)
		warned := map[string]bool{}
		for _, c := range demo.Cases(asOf) {
			if _, code, ok := strings.Cut(c.Must, "with the warning "); ok {
				warned[fmt.Sprintf("%s:%d %s", c.Register, c.Line, code)] = true
			}
		}
		for _, e := range read(t, slices.Concat(demo.Registers(asOf), demo.Changes(asOf))) {
			for _, v := range e.violations {
				place := fmt.Sprintf("%s:%d %s", e.register, e.line, v.Code)
				if !v.Warning || !warned[place] {
					t.Errorf("%s: %s: %s (%s)", day, place, v.Claim, e.note)
				}
				delete(warned, place)
			}
			// A record that has expired is not issued at all.
			if e.document.InForce(e.values, asOf) == catalog.CodeExpired {
				t.Errorf("%s: %s:%d has expired (%s)", day, e.register, e.line, e.note)
			}
		}
		if len(warned) > 0 {
			t.Errorf("%s: announced warnings did not come: %v", day, warned)
		}
		for _, e := range read(t, demo.HeldOut(asOf, 100)) {
			if len(e.violations) > 0 || e.document.InForce(e.values, asOf) != "" {
				t.Errorf("%s: held out %s:%d: %v", day, e.register, e.line, e.violations)
			}
		}
	}
}

func TestLinesKeepTheLimitsOfAnImport(t *testing.T) {
	for _, r := range everything(snapshot) {
		for i, line := range lines(r) {
			if len(line) > issuer.MaxLine || len(line) == 0 {
				t.Errorf("%s:%d has %d bytes", r.Name, i+1, len(line))
			}
		}
	}
	for _, e := range read(t, slices.Concat(demo.Registers(snapshot), demo.Changes(snapshot))) {
		if len(e.note) > issuer.MaxNote {
			t.Errorf("%s:%d: the note is too long", e.register, e.line)
		}
	}
}

func TestThePopulationIsOfTheRightShape(t *testing.T) {
	all := read(t, demo.Registers(snapshot))
	cards := only(all, "can_cuoc")
	holders, regions, levels := map[string]bool{}, map[string]int{}, map[int]int{}
	chip, adults := 0, 0
	for _, e := range cards {
		if holders[e.number()] {
			t.Errorf("c06-can-cuoc:%d repeats a number", e.line)
		}
		holders[e.number()] = true
		regions[e.text("address.region")]++
		district := strings.Count(strings.TrimPrefix(e.text("address.formatted"), e.text("address.street_address")), ", ")
		levels[district+1]++
		if e.text("document_model") == "cccd_chip_2021" {
			chip++
		}
		if e.text("birthdate") <= "2008-11-23" {
			adults++
		}
	}
	if len(cards) < 320 {
		t.Errorf("%d citizens", len(cards))
	}
	if share := 100 * chip / len(cards); share < 55 || share > 66 {
		t.Errorf("%d %% hold the card of 2021, want about 60", share)
	}
	for _, n := range []int{3, 4} {
		if levels[n] < len(cards)/4 {
			t.Errorf("only %d addresses of %d levels", levels[n], n)
		}
	}
	today := []string{"Cao Bằng", "Tuyên Quang", "Điện Biên", "Lai Châu", "Sơn La", "Lào Cai", "Thái Nguyên", "Lạng Sơn", "Quảng Ninh",
		"Bắc Ninh", "Phú Thọ", "Hưng Yên", "Ninh Bình", "Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Quảng Trị", "Quảng Ngãi", "Gia Lai", "Khánh Hòa",
		"Đắk Lắk", "Lâm Đồng", "Đồng Nai", "Tây Ninh", "Đồng Tháp", "Vĩnh Long", "An Giang", "Cà Mau"}
	for i := range today {
		today[i] = "Tỉnh " + today[i]
	}
	today = append(today, "Thành phố Hồ Chí Minh", "Thành phố Hà Nội", "Thành phố Đà Nẵng", "Thành phố Hải Phòng", "Thành phố Cần Thơ", "Thành phố Huế")
	for _, region := range today {
		if regions[region] < 2 {
			t.Errorf("%d citizens live in %s", regions[region], region)
		}
	}
	for document, least := range map[string]int{"gplx": adults * 55 / 100, "dang_ky_xe": adults * 40 / 100, "bhyt": len(cards) * 70 / 100} {
		papers := only(all, document)
		if len(papers) < least {
			t.Errorf("%d records of %s, want at least %d", len(papers), document, least)
		}
		for _, e := range papers {
			if !holders[e.number()] {
				t.Errorf("%s:%d: the holder has no card", e.register, e.line)
			}
		}
	}
}

// Sizes of QR codes are measured on these twelve fields.
func TestCardsCarryTheTwelveFields(t *testing.T) {
	fields := []string{"personal_administrative_number", "name", "birthdate", "sex", "nationalities", "place_of_origin", "address.formatted",
		"address.street_address", "address.locality", "address.region", "date_of_issuance", "issuing_authority", "document_model"}
	for _, set := range [][]demo.Register{demo.Registers(snapshot), demo.HeldOut(snapshot, 200)} {
		for _, e := range only(read(t, set), "can_cuoc") {
			for _, id := range fields {
				if e.values[id] == nil {
					t.Errorf("c06-can-cuoc:%d lacks %s", e.line, id)
				}
			}
			if _, stated := e.values["date_of_expiry"]; !stated {
				t.Errorf("c06-can-cuoc:%d does not state its expiry", e.line)
			}
			// The card of 2024 has no features by law.
			_, features := e.values["identifying_features"]
			if features != (e.text("document_model") == "cccd_chip_2021") {
				t.Errorf("c06-can-cuoc:%d: model %s, features %t", e.line, e.text("document_model"), features)
			}
		}
	}
}

// bareName drops the kind of an administrative unit.
func bareName(unit string) string {
	for _, kind := range []string{"Xã ", "Phường ", "Thị trấn ", "Đặc khu ", "Tỉnh ", "Thành phố "} {
		if name, ok := strings.CutPrefix(unit, kind); ok {
			return name
		}
	}
	return unit
}

func TestAddressesAgreeWithTheirMembers(t *testing.T) {
	for _, e := range read(t, slices.Concat(demo.Registers(snapshot), demo.HeldOut(snapshot, 200))) {
		for _, claim := range []string{"address", "registered_owner.address", "temporary_address", "current_address"} {
			whole := e.text(claim + ".formatted")
			if whole == "" {
				continue
			}
			rest, ok := strings.CutPrefix(whole, e.text(claim+".street_address")+", ")
			units := strings.Split(rest, ", ")
			for i, unit := range []string{e.text(claim + ".locality"), e.text(claim + ".region")} {
				at := units[i*(len(units)-1)]
				ok = ok && unit != "" && (strings.EqualFold(at, unit) || at == bareName(unit))
			}
			if !ok || len(units) < 2 || len(units) > 3 {
				t.Errorf("%s:%d: %s does not agree with its members: %q", e.register, e.line, claim, whole)
			}
		}
	}
}

func TestNobodyIsReal(t *testing.T) {
	hidden := regexp.MustCompile(`^[0-9]{6}000[0-9]{3}$`)
	for _, e := range read(t, demo.Registers(snapshot)) {
		if !hidden.MatchString(e.number()) {
			t.Errorf("%s:%d: the number does not end in a running number below 1000", e.register, e.line)
		}
		if e.values["phone_number"] != nil {
			t.Errorf("%s:%d has a telephone", e.register, e.line)
		}
		if mail := e.text("email"); mail != "" && !strings.HasSuffix(mail, "@example.com") {
			t.Errorf("%s:%d: the address is not of a reserved domain (RFC 2606)", e.register, e.line)
		}
		if code := e.text("primary_care_facility.code"); e.document.ID == "bhyt" && !strings.HasPrefix(code[2:], "-9") {
			t.Errorf("%s:%d: the facility code may be in use", e.register, e.line)
		}
		if owner := e.text("registered_owner.name"); e.text("registered_owner.kind") == "organisation" && !strings.Contains(owner, "VÍ DỤ") {
			t.Errorf("%s:%d: the company is not called VÍ DỤ", e.register, e.line)
		}
	}
}
