package demo

// Agencies of the catalogue that keep the registers.
const (
	agencyIdentity  = "c06"
	agencyTraffic   = "csgt"
	agencyInsurance = "bhxh"
)

// province is one of the 34 units since 2025-07-01 (NQ 202/2025/QH15) with the
// provinces it was made of, its own former self first.
type province struct {
	name   string // without its kind
	city   bool   // thành phố trực thuộc trung ương
	former []former
}

// former is a province as it was until 2025-06-30: the first three digits of
// personal numbers registered there, and the prefix of its plates.
type former struct {
	code, plate int
	name        string
	city        bool
}

func (p *province) title() string { return titled(p.name, p.city) }
func (f *former) title() string   { return titled(f.name, f.city) }

func titled(name string, city bool) string {
	if city {
		return "Thành phố " + name
	}
	return "Tỉnh " + name
}

var provinces = []province{
	{"Hồ Chí Minh", true, []former{{79, 51, "Hồ Chí Minh", true}, {74, 61, "Bình Dương", false}, {77, 72, "Bà Rịa - Vũng Tàu", false}}},
	{"Hà Nội", true, []former{{1, 29, "Hà Nội", true}}},
	{"Đà Nẵng", true, []former{{48, 43, "Đà Nẵng", true}, {49, 92, "Quảng Nam", false}}},
	{"Hải Phòng", true, []former{{31, 15, "Hải Phòng", true}, {30, 34, "Hải Dương", false}}},
	{"Cần Thơ", true, []former{{92, 65, "Cần Thơ", true}, {93, 95, "Hậu Giang", false}, {94, 83, "Sóc Trăng", false}}},
	{"Huế", true, []former{{46, 75, "Thừa Thiên Huế", false}}},
	{"Cao Bằng", false, []former{{4, 11, "Cao Bằng", false}}},
	{"Tuyên Quang", false, []former{{8, 22, "Tuyên Quang", false}, {2, 23, "Hà Giang", false}}},
	{"Điện Biên", false, []former{{11, 27, "Điện Biên", false}}},
	{"Lai Châu", false, []former{{12, 25, "Lai Châu", false}}},
	{"Sơn La", false, []former{{14, 26, "Sơn La", false}}},
	{"Lào Cai", false, []former{{10, 24, "Lào Cai", false}, {15, 21, "Yên Bái", false}}},
	{"Thái Nguyên", false, []former{{19, 20, "Thái Nguyên", false}, {6, 97, "Bắc Kạn", false}}},
	{"Lạng Sơn", false, []former{{20, 12, "Lạng Sơn", false}}},
	{"Quảng Ninh", false, []former{{22, 14, "Quảng Ninh", false}}},
	{"Bắc Ninh", false, []former{{27, 99, "Bắc Ninh", false}, {24, 98, "Bắc Giang", false}}},
	{"Phú Thọ", false, []former{{25, 19, "Phú Thọ", false}, {26, 88, "Vĩnh Phúc", false}, {17, 28, "Hòa Bình", false}}},
	{"Hưng Yên", false, []former{{33, 89, "Hưng Yên", false}, {34, 17, "Thái Bình", false}}},
	{"Ninh Bình", false, []former{{37, 35, "Ninh Bình", false}, {35, 90, "Hà Nam", false}, {36, 18, "Nam Định", false}}},
	{"Thanh Hóa", false, []former{{38, 36, "Thanh Hóa", false}}},
	{"Nghệ An", false, []former{{40, 37, "Nghệ An", false}}},
	{"Hà Tĩnh", false, []former{{42, 38, "Hà Tĩnh", false}}},
	{"Quảng Trị", false, []former{{45, 74, "Quảng Trị", false}, {44, 73, "Quảng Bình", false}}},
	{"Quảng Ngãi", false, []former{{51, 76, "Quảng Ngãi", false}, {62, 82, "Kon Tum", false}}},
	{"Gia Lai", false, []former{{64, 81, "Gia Lai", false}, {52, 77, "Bình Định", false}}},
	{"Khánh Hòa", false, []former{{56, 79, "Khánh Hòa", false}, {58, 85, "Ninh Thuận", false}}},
	{"Đắk Lắk", false, []former{{66, 47, "Đắk Lắk", false}, {54, 78, "Phú Yên", false}}},
	{"Lâm Đồng", false, []former{{68, 49, "Lâm Đồng", false}, {67, 48, "Đắk Nông", false}, {60, 86, "Bình Thuận", false}}},
	{"Đồng Nai", false, []former{{75, 60, "Đồng Nai", false}, {70, 93, "Bình Phước", false}}},
	{"Tây Ninh", false, []former{{72, 70, "Tây Ninh", false}, {80, 62, "Long An", false}}},
	{"Đồng Tháp", false, []former{{87, 66, "Đồng Tháp", false}, {82, 63, "Tiền Giang", false}}},
	{"Vĩnh Long", false, []former{{86, 64, "Vĩnh Long", false}, {83, 71, "Bến Tre", false}, {84, 84, "Trà Vinh", false}}},
	{"An Giang", false, []former{{89, 67, "An Giang", false}, {91, 68, "Kiên Giang", false}}},
	{"Cà Mau", false, []former{{96, 69, "Cà Mau", false}, {95, 94, "Bạc Liêu", false}}},
}

// provinceByName finds a province for the cases that need a certain one.
func provinceByName(name string) *province {
	for i := range provinces {
		if provinces[i].name == name {
			return &provinces[i]
		}
	}
	panic("demo: no province " + name)
}
