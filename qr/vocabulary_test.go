package qr_test

import "strings"

func words(s string) []string { return strings.Split(strings.Join(strings.Fields(s), " "), ", ") }

// register has the names that are common in Viet Nam, most frequent families
// first, and streets and wards that the dictionary does not list.
var register = vocabulary{
	families: words(`Nguyễn, Nguyễn, Nguyễn, Nguyễn, Nguyễn, Trần, Trần, Lê, Lê, Phạm, Hoàng, Huỳnh, Phan, Vũ,
		Võ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý, Đinh, Trương, Đoàn, Lâm, Mai, Trịnh, Đào, Cao, Hà, Lưu, Lương, Thái,
		Châu, Tạ, Phùng, Tô, Vương, Tăng`),
	middles: words(`Thị, Thị, Thị, Văn, Văn, Hữu, Đức, Thành, Công, Minh, Quang, Ngọc, Thanh, Thu, Kim, Xuân, Hồng,
		Hoàng, Gia, Bảo, Khánh, Phương, Thùy, Mỹ, Đình, Quốc, Trọng, Thế, Duy, Như`),
	givens: words(`Anh, Hương, Linh, Hùng, Dũng, Tuấn, Hạnh, Hòa, Lan, Mai, Nga, Hà, Hằng, Huyền, Trang, Thảo, Nhung, Yến,
		Ngân, Vy, My, Trinh, Nhi, Thư, Trâm, Châu, Quỳnh, Nam, Long, Sơn, Hải, Bình, Cường, Đạt, Hiếu, Khoa, Kiên, Lâm,
		Nghĩa, Phong, Phúc, Quân, Tài, Thắng, Thiện, Tiến, Toàn, Trung, Tùng, Việt, Vinh, Vũ, Tâm, Thủy, Hoa, Dung, Loan`),
	streets: words(`Nguyễn Trãi, Lê Lợi, Trần Hưng Đạo, Hai Bà Trưng, Lý Thường Kiệt, Quang Trung, Nguyễn Huệ, Phan Chu Trinh,
		Điện Biên Phủ, Cách Mạng Tháng Tám, Võ Văn Kiệt, Hoàng Văn Thụ, Trường Chinh, Lạc Long Quân, Âu Cơ, Hùng Vương,
		Ngô Quyền, Bạch Đằng, Kim Mã, Láng Hạ, Phạm Văn Đồng, Tôn Đức Thắng, Nguyễn Văn Cừ, Hoàng Hoa Thám`),
	wards: words(`Bến Thành, Tân Định, Đa Kao, Cống Vị, Ngọc Hà, Dịch Vọng, Nghĩa Đô, Phước Long, Thạnh Mỹ Lợi, Hòa Khánh,
		An Hải, Vĩnh Ninh, Phú Hội, Long Thành, Xuân Lộc, Tam Phước, Thới An, Bình Hưng Hòa, Sơn Kỳ, Tây Thạnh, Yên Nghĩa,
		Mỹ Đình, Kỳ Sơn, Hồng Phong, Quảng Phú`),
	districts: words(`1, 3, 5, 7, 10, 12, Gò Vấp, Bình Thạnh, Ba Đình, Cầu Giấy, Đống Đa, Hà Đông, Hải Châu, Ninh Kiều, Củ Chi,
		Thủ Đức, Gia Lâm, Đông Anh, Phú Vang, Diễn Châu, Quỳnh Lưu, Biên Hòa, Châu Thành, Hoằng Hóa`),
	provinces: provinces,
	marks: words(`Nốt ruồi C: %dcm trên trước cung lông mày phải, Sẹo chấm C: %dcm dưới sau đuôi mắt trái,
		Nốt ruồi C: %dcm dưới mắt phải, Sẹo chấm C: %d,5cm trên sau cánh mũi trái, Nốt ruồi C: %dcm sau mép trái,
		Sẹo chấm C: %dcm trên giữa trán, Nốt ruồi C: 0,%dcm dưới trước khóe mắt phải`),
}

// heldOut has people of whom no name word occurs in the dictionary as it is
// printed, and streets, wards and districts that do not occur in it.
// TestHeldOutIsHeldOut keeps that true.
var heldOut = vocabulary{
	families: words(`Khương, Giáp, Mạc, Uông, Nghiêm, Âu, Khuất, Thiều, Doãn, Lều, Chử, Cung, Nhữ, Ong, Đái, Bạch, Cù, Lục, Ninh`),
	middles:  words(`Khắc, Viết, Tất, Sỹ, Lệ, Ánh, Diệp, Uyển, Khải, Nhã, Bá, Cẩm, Thục, Tường, Vĩnh`),
	givens: words(`Quế, Thược, Khiêm, Luân, Pháp, Quyết, Sang, Thuấn, Triết, Tưởng, Vượng, Xoan, Giáng, Hoạt, Lượng, Miên, Phượng,
		Rạng, Sáng, Thước, Điềm, Ngoan, Hoàn, Chinh, Dự, Hậu, Khang, Nguyên, Tuệ`),
	streets: words(`Khuất Duy Tiến, Bùi Xương Trạch, Tạ Quang Bửu, Mạc Thiên Tích, Đồng Khởi, Chu Mạnh Trinh, Ỷ Lan, Tú Xương,
		Huỳnh Thúc Kháng, Đoàn Thị Điểm, Cống Quỳnh, Nghi Tàm, Thụy Khuê, Hàm Nghi, Sư Vạn Hạnh, Lũy Bán Bích, Kha Vạn Cân`),
	wards: words(`Vạn Phúc, Khương Thượng, Trúc Bạch, Thượng Thanh, Chương Dương, Hiệp Thành, Tràng Dài, Hố Nai, Rạch Dừa, Cẩm Lệ,
		Khuê Trung, Nại Hiên Đông, Xuân Khánh, Trà Nóc, Ngư Lộc, Thiệu Vận, Cẩm Xuyên, Nghi Kim, Hưng Dũng`),
	districts: words(`2, 4, 6, 8, 11, Tân Bình, Hoàng Mai, Thanh Xuân, Liên Chiểu, Ô Môn, Bình Chánh, Sóc Sơn, Hương Trà, Nghi Lộc,
		Cẩm Mỹ, Thiệu Hóa, Krông Pắc, Đức Phổ`),
	provinces: provinces,
	marks: words(`Nốt ruồi C: %dcm trên trước cung lông mày phải, Sẹo chấm C: %dcm dưới sau đuôi mắt trái,
		Bớt nâu %dcm cạnh thái dương trái, Vết bỏng %dcm vùng cổ bên phải, Nốt ruồi C: %dcm giữa sống mũi,
		Sẹo dài %dcm gò má trái, Mụn thịt C: %dcm cằm phải`),
}

var provinces = words(`Thành phố Hồ Chí Minh, Thành phố Hà Nội, Thành phố Đà Nẵng, Thành phố Cần Thơ, Thành phố Hải Phòng,
	Thành phố Huế, Tỉnh Đồng Nai, Tỉnh Thanh Hóa, Tỉnh Nghệ An, Tỉnh An Giang, Tỉnh Bắc Ninh, Tỉnh Hưng Yên,
	Tỉnh Ninh Bình, Tỉnh Phú Thọ, Tỉnh Vĩnh Long, Tỉnh Đồng Tháp, Tỉnh Tây Ninh, Tỉnh Gia Lai, Tỉnh Đắk Lắk,
	Tỉnh Lâm Đồng, Tỉnh Khánh Hòa, Tỉnh Quảng Ngãi, Tỉnh Quảng Trị, Tỉnh Hà Tĩnh, Tỉnh Quảng Ninh, Tỉnh Thái Nguyên,
	Tỉnh Lào Cai, Tỉnh Tuyên Quang, Tỉnh Lạng Sơn, Tỉnh Cao Bằng, Tỉnh Điện Biên, Tỉnh Lai Châu, Tỉnh Sơn La,
	Tỉnh Cà Mau, Tỉnh Bình Dương, Tỉnh Nam Định, Tỉnh Thái Bình, Tỉnh Hải Dương, Tỉnh Quảng Nam, Tỉnh Bình Định,
	Tỉnh Kiên Giang, Tỉnh Long An, Tỉnh Tiền Giang, Tỉnh Bến Tre, Tỉnh Bắc Giang, Tỉnh Vĩnh Phúc`)
