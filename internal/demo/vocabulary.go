package demo

import (
	"math/rand/v2"
	"strings"
)

// vocabulary is what names, addresses and vehicles are composed of.
type vocabulary struct {
	families      []string // most frequent first
	maleMiddles   []string
	femaleMiddles []string
	maleGivens    []string
	femaleGivens  []string
	streets       []string
	hamlets       []string // rural addresses; %d is a number
	// Communes and districts are composed of two syllables, one of each list,
	// so that they sound right and are nobody's home.
	heads, tails []string
	features     []string // %d is a number of centimetres
	buildings    []string
	clinics      []string // %s is a commune
	vehicles     []model
}

// model is a kind of vehicle; cars have a category that starts with M or N.
type model struct {
	make, name, kind, category string
	engine                     string // beginning of engine numbers
	frame                      string // beginning of frame numbers
	energy                     string
	capacity, power            int // cm³, kW
	seats, mass, load          int // places, kg, kg
}

func (m *model) car() bool { return m.category[0] != 'L' }

func words(s string) []string {
	return strings.Split(strings.Join(strings.Fields(s), " "), ", ")
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// pickCommon prefers the head of a list that is sorted by frequency.
func pickCommon(r *rand.Rand, from []string) string {
	return from[min(r.IntN(len(from)), r.IntN(len(from)))]
}

func (v *vocabulary) commune(r *rand.Rand) string { return pick(r, v.heads) + " " + pick(r, v.tails) }

// fullName composes family, middle and given name, sometimes of four syllables.
func (v *vocabulary) fullName(r *rand.Rand, female bool) (family, middle, given string) {
	middles, givens := v.maleMiddles, v.maleGivens
	if female {
		middles, givens = v.femaleMiddles, v.femaleGivens
	}
	family, middle, given = pickCommon(r, v.families), pickCommon(r, middles), pick(r, givens)
	if second := pick(r, givens); r.IntN(3) == 0 && second != given {
		middle += " " + second
	}
	return family, middle, given
}

// familiar is the vocabulary of ordinary papers.
var familiar = vocabulary{
	families: words(`NGUYỄN, NGUYỄN, NGUYỄN, NGUYỄN, NGUYỄN, TRẦN, TRẦN, LÊ, LÊ, PHẠM, HOÀNG, HUỲNH, PHAN, VŨ, VÕ, ĐẶNG, BÙI, ĐỖ,
		HỒ, NGÔ, DƯƠNG, LÝ, ĐINH, TRƯƠNG, ĐOÀN, LÂM, MAI, TRỊNH, ĐÀO, CAO, HÀ, LƯU, LƯƠNG, THÁI, CHÂU, TẠ, PHÙNG, TÔ, VƯƠNG, TĂNG,
		LÒ, NÔNG, GIÀNG, THẠCH`),
	maleMiddles:   words(`VĂN, VĂN, VĂN, HỮU, ĐỨC, MINH, QUANG, CÔNG, THÀNH, QUỐC, ĐÌNH, XUÂN, TRỌNG, THẾ, DUY, GIA, BẢO, NGỌC, HOÀNG, THANH`),
	femaleMiddles: words(`THỊ, THỊ, THỊ, THỊ, NGỌC, THANH, THU, KIM, MINH, PHƯƠNG, THÙY, HỒNG, MỸ, XUÂN, KHÁNH, BẢO, NHƯ, QUỲNH, DIỆU, TUYẾT`),
	maleGivens: words(`HÙNG, DŨNG, TUẤN, NAM, LONG, SƠN, HẢI, BÌNH, CƯỜNG, ĐẠT, HIẾU, KHOA, KIÊN, LÂM, NGHĨA, PHONG, PHÚC, QUÂN, TÀI,
		THẮNG, THIỆN, TIẾN, TOÀN, TRUNG, TÙNG, VIỆT, VINH, VŨ, TÂM, KHÔI, NHẬT, THỊNH, MẠNH, LỘC, HƯNG, KHANG, THUẬN, QUYẾT`),
	femaleGivens: words(`ANH, HƯƠNG, LINH, HẠNH, HÒA, LAN, MAI, NGA, HÀ, HẰNG, HUYỀN, TRANG, THẢO, NHUNG, YẾN, NGÂN, VY, MY, TRINH, NHI,
		THƯ, TRÂM, CHÂU, QUỲNH, THỦY, HOA, DUNG, LOAN, OANH, UYÊN, DIỄM, BÍCH, HIỀN, HUỆ, CÚC, PHƯỢNG, NGUYỆT, THOA, DUYÊN`),
	streets: words(`Nguyễn Trãi, Lê Lợi, Trần Hưng Đạo, Hai Bà Trưng, Lý Thường Kiệt, Quang Trung, Nguyễn Huệ, Phan Chu Trinh,
		Điện Biên Phủ, Cách Mạng Tháng Tám, Võ Văn Kiệt, Hoàng Văn Thụ, Trường Chinh, Lạc Long Quân, Hùng Vương, Ngô Quyền,
		Bạch Đằng, Phạm Văn Đồng, Tôn Đức Thắng, Nguyễn Văn Cừ, Hoàng Hoa Thám, Nguyễn Thị Minh Khai, Lê Hồng Phong, Hoa Sữa,
		Cây Bàng, Phan Đình Phùng, Trần Phú, Nguyễn Du, Xuân Diệu, Lê Duẩn, 30 Tháng 4, Hoa Phượng`),
	hamlets: words(`Thôn %d, Xóm %d, Ấp %d, Tổ %d, Khu phố %d, Tổ dân phố số %d, Khóm %d, Bản Nà %d, Buôn Ví Dụ %d, Thôn Đông %d`),
	heads: words(`An, Bình, Phú, Tân, Long, Mỹ, Vĩnh, Thạnh, Hòa, Xuân, Đông, Tây, Hưng, Thới, Phước, Yên, Quảng, Cẩm, Kim, Ngọc, Hoằng,
		Diễn, Quỳnh, Nghĩa, Thanh, Hải, Sơn, Tam, Vạn, Liên, Đại, Trường`),
	tails: words(`An, Bình, Phú, Thạnh, Hòa, Lộc, Phong, Thành, Hưng, Hiệp, Lợi, Thịnh, Khánh, Trung, Thượng, Hạ, Sơn, Giang, Hải, Châu,
		Lâm, Điền, Thủy, Trạch, Nhơn, Tịnh, Cát, Minh, Quang, Đức, Long, Tiến`),
	features: words(`Nốt ruồi C: %dcm trên trước cung lông mày phải, Sẹo chấm C: %dcm dưới sau đuôi mắt trái,
		Nốt ruồi C: %dcm dưới mắt phải, Sẹo chấm C: 0,%dcm trên sau cánh mũi trái, Nốt ruồi C: %dcm sau mép trái,
		Sẹo chấm C: %dcm trên giữa trán, Nốt ruồi C: 0,%dcm dưới trước khóe mắt phải, Sẹo chấm C: %dcm trên sau đuôi mắt phải,
		Nốt ruồi C: %dcm trước tai trái, Bớt C: %dcm vùng thái dương trái`),
	buildings: words(`Chung cư Hoa Mai, Chung cư Ví Dụ, Khu đô thị Trăng Xanh, Chung cư Sao Mai`),
	clinics:   words(`Bệnh viện Đa khoa %s, Trung tâm Y tế %s, Trạm Y tế xã %s, Phòng khám đa khoa %s, Phòng khám đa khoa khu vực %s`),
	vehicles: []model{
		{"HONDA", "WAVE ALPHA", "Xe mô tô hai bánh", "L3", "JA39E", "RLHJA39", "petrol", 109, 6, 2, 97, 130},
		{"HONDA", "VISION", "Xe mô tô hai bánh", "L3", "JK03E", "RLHJK03", "petrol", 109, 6, 2, 96, 130},
		{"YAMAHA", "SIRIUS", "Xe mô tô hai bánh", "L3", "E32VE", "RLCUE32", "petrol", 114, 7, 2, 96, 140},
		{"HONDA", "AIR BLADE", "Xe mô tô hai bánh", "L3", "KF41E", "RLHKF41", "petrol", 156, 11, 2, 113, 140},
		{"YAMAHA", "EXCITER", "Xe mô tô hai bánh", "L3", "G3M4E", "RLCUG19", "petrol", 155, 13, 2, 121, 140},
		{"VINFAST", "FELIZ S", "Xe máy điện", "L3", "VFCAA", "RLNVF5E", "electric", 0, 3, 2, 110, 130},
		{"TOYOTA", "VIOS", "Ô tô con", "M1", "2NRX", "RL4BF29", "petrol", 1496, 79, 5, 1110, 440},
		{"HYUNDAI", "ACCENT", "Ô tô con", "M1", "G4LCX", "RLUA741", "petrol", 1495, 85, 5, 1090, 450},
		{"KIA", "MORNING", "Ô tô con", "M1", "G4LAX", "RNYTA51", "petrol", 1248, 61, 5, 960, 410},
		{"MAZDA", "CX-5", "Ô tô con", "M1", "PEVPS", "RN2KF54", "petrol", 1998, 113, 5, 1570, 460},
		{"VINFAST", "VF 8", "Ô tô con", "M1", "VFEDA", "RLNVF8P", "electric", 0, 260, 5, 2520, 485},
		{"FORD", "RANGER", "Ô tô pickup cabin kép", "N1", "YN2QP", "RL05S9A", "diesel", 1996, 154, 5, 2050, 750},
		{"HYUNDAI", "MIGHTY", "Ô tô tải", "N2", "D4GAX", "RLMGA17", "diesel", 3933, 103, 3, 2900, 4100},
	},
}
