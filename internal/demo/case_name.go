package demo

import (
	"golang.org/x/text/unicode/norm"
)

// names are the ways of typing one name: the person stays the same, and what
// is signed is the composed form.
func (t *town) names() {
	p := t.someone("E1", "Hà Nội", date(1990, 3, 14), true).called("VÕ THỊ ÁNH NGUYỆT")
	t.cards.add(t.identityCard(p).set("name", norm.NFD.String(p.name)),
		edge{"E1", "name typed in NFD", "issued, with the name in NFC: the digest is that of the composed form"})
	t.licences.add(t.licence(p), edge{"E1", "the same name in NFC", "issued: same person as on the card"})

	p = t.someone("E2", "Đà Nẵng", date(1984, 11, 2), false).called("NGUYỄN ĐÌNH THỤY")
	t.cards.add(t.identityCard(p).set("name", "NGUYỄN ĐI\u0300NH THU\u0323Y"),
		edge{"E2", "NFC and NFD mixed in one name", "issued, with the name in NFC"})
	t.insurances.add(t.insurance(p), edge{"E2", "the same name in NFC", "issued: same person as on the card"})

	p = t.someone("E3", "Hải Phòng", date(1979, 6, 21), false).called("ĐỖ ĐĂNG ĐẠT")
	t.cards.add(t.identityCard(p).set("name", "\u00D0Ỗ \u00D0ĂNG \u0189ẠT"),
		edge{"E3", "Ð (U+00D0) and Ɖ (U+0189) typed for Đ (U+0110)", "issued, with Đ in the name"})
	t.licences.add(t.licence(p), edge{"E3", "the same name with Đ", "issued: same person as on the card"})

	p = t.someone("E4", "Huế", date(1995, 1, 9), true).called("TRẦN THỊ HOÀ")
	t.cards.add(t.identityCard(p),
		edge{"E4", "legal name with HOÀ, the older placement of the tone", "issued, with the name as it is; a search for HÒA finds it"})
	p.name = "TRẦN THỊ HÒA"
	t.licences.add(t.licence(p), edge{"E4", "the same name with HÒA", "issued: same person as on the card; each paper keeps its spelling"})
	t.insurances.add(t.insurance(p).set("name", "Trần  Thị Hòa "),
		edge{"E4", "the same name in running text, with two spaces", "issued: same person as on the card; single spaces"})

	p = t.someone("E5", "Đồng Nai", date(1968, 8, 8), false).called("ĐIỂU")
	t.cards.add(t.identityCard(p).set("given_name", "ĐIỂU"),
		edge{"E5", "name of a single word, without family name", "issued; no family name is invented"})
	t.licences.add(t.licence(p), edge{"E5", "name of a single word", "issued"})
	t.longNames()
}

func (t *town) longNames() {
	p := t.someone("E6", "Đắk Lắk", date(1998, 4, 17), true).called("H'ĔLĂN ÊBAN")
	t.cards.add(t.identityCard(p).set("family_name", "ÊBAN").set("given_name", "H'ĔLĂN").set("ethnicity", "Ê Đê"),
		edge{"E6", "Êđê name, family name last", "issued without a warning; nothing is moved"})
	t.licences.add(t.licence(p), edge{"E6", "Êđê name", "issued"})
	p = t.someone("E6 man", "Gia Lai", date(1987, 12, 30), false).called("Y ɃLŎM NIÊ KDĂM")
	t.cards.add(t.identityCard(p).set("ethnicity", "Ê Đê"),
		edge{"E6", "name beginning with Y, letters Ƀ and Ŏ", "issued without a warning"})

	p = t.someone("E7", "Huế", date(1972, 10, 5), true).
		called("CÔNG TẰNG TÔN NỮ HUYỀN TRÂN PHƯƠNG ANH NGỌC DIỆP NHƯ Ý QUỲNH VÍ DỤ")
	t.cards.add(t.identityCard(p),
		edge{"E7", "name of 15 words, longer than the 39 characters of a machine-readable zone", "issued whole; nothing is cut"})
	t.licences.add(t.licence(p), edge{"E7", "name of 15 words", "issued whole"})
	t.vehicles.add(t.vehicle(p), edge{"E7", "owner's name of 15 words", "issued whole"})
	t.insurances.add(t.insurance(p), edge{"E7", "name of 15 words", "issued whole"})

	p = t.someone("E8", "Hồ Chí Minh", date(1993, 5, 27), true).called("NGUYỄN ANNE-MARIE ST. CLAIR")
	t.cards.add(t.identityCard(p).set("also_known_as", []any{"NGUYỄN THỊ AN"}),
		edge{"E8", "name of foreign origin with hyphen and full stop", "issued without a warning"})
	t.licences.add(t.licence(p), edge{"E8", "name with hyphen and full stop", "issued"})
}

// writing are texts that other software breaks.
func (t *town) writing() {
	p := t.someone("E22", "An Giang", date(2001, 9, 19), true).called("THẠCH THỊ ƯỚC NGUYỆN ỠM Ờ")
	p.home = address{"Ấp Ỷ Ỹ Ữ Ỡ 7", "Xã Khánh Thượng", "", "Tỉnh An Giang", capitalised}
	t.cards.add(t.identityCard(p),
		edge{"E22", "rare letters with two marks, which decoders take for Big5 or Shift-JIS", "issued; every reader of the QR gets the same letters"})
	p = t.someone("X1", "Bắc Ninh", date(1989, 2, 11), false).called("LÊ QUỐC KHÁNH")
	t.cards.add(t.identityCard(p).set("name", "  LÊ\u00A0QUỐC   KHÁNH\t").set("personal_administrative_number", " "+p.number[:6]+" "+p.number[6:]),
		edge{"X1", "no-break space, tab and spaces around name and number", "issued, with single spaces and a number of 12 digits"})
}
