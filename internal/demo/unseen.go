package demo

// unseen is the vocabulary of the held-out registers. No part of a name stands
// in dictionary 1 of the QR format as it is printed, and no other phrase below
// shares two words in a row with it; a test keeps that true. Administrative
// words and the names of provinces are public and stay.
var unseen = vocabulary{
	families: words(`KHƯƠNG, GIÁP, MẠC, UÔNG, NGHIÊM, KHUẤT, THIỀU, DOÃN, LỀU, CHỬ, NHỮ, BẠCH, LỤC, NINH, KHÚC, TIÊU, NGỤY, PHÓ, TRẦM,
		ĐỔNG, CHẾ, MẪN, THÂN, TĂNG`),
	maleMiddles:   words(`KHẮC, VIẾT, TẤT, SỸ, KHẢI, TƯỜNG, BỈNH, TUẤT, BÁ, THỪA, HIỂN, PHI, CHẤN, BỘI`),
	femaleMiddles: words(`LỆ, UYỂN, CẨM, THỤC, NHÃ, LAM, GIÁNG, HOÀI, NGUYÊN, DIỄN, TƯỜNG, MỘNG, TRÚC, ÚT`),
	maleGivens: words(`KHIÊM, LUÂN, PHÁP, QUYẾT, SANG, THUẤN, TRIẾT, TƯỞNG, VƯỢNG, HOẠT, LƯỢNG, RẠNG, THƯỚC, ĐIỀM, THƯỞNG, CHINH, KHANG, NGUYÊN,
		ĐƯỢC, TRÌNH, SỬ, LỰC, PHÁT, HUẤN`),
	femaleGivens: words(`QUẾ, THƯỢC, XOAN, MIÊN, PHƯỢNG, SÁNG, NGOAN, TUỆ, NHÀN, THƠM, LÀI, NHẠN, SEN, HOÀI, TƯƠI, THẮM, DUYÊN, HẬU, ĐÀN,
		NHUẦN, BƯỞI, TẤM, LỤA, THÊU`),
	streets: words(`Khuất Duy Đoán, Bùi Xương Trạch, Tạ Uyên Hạo, Mạc Thiên Tích, Chu Mạnh Trinh, Ỷ Lan, Tú Xương, Huỳnh Thúc Kháng,
		Cống Quỳnh, Nghi Tàm, Thụy Khuê, Hàm Nghi, Sư Vạn Hạnh, Lũy Bán Bích, Kha Vạn Cân, Bế Văn Đàn, Ngụy Như Kon, Yết Kiêu,
		Cù Chính Lan, Lưỡng Ngọc, Ông Ích Khiêm, Nơ Trang Gưh, Săm Brăm, Bằng Lăng, Mắc Thị Bưởi, Hoa Súng`),
	hamlets: words(`Phum Sà Lôn %d, Chòm Mít Non %d, Đội sản xuất %d, Làng Dâu Tằm %d, Cụm Dừa Nước %d, Plei Kép Ping %d, Vạn chài %d`),
	heads: words(`Rạch, Xẻo, Khuê, Nghi, Trúc, Thiệu, Chương, Ngư, Mường, Pá, Krông, Cư, Đạ, Hòn, Vàm, Cù, Nậm, Suối, Đá, Bàu, Giồng,
		Phìn, Chiềng, Sủng, Lũng, Ea`),
	tails: words(`Xoài Hột, Đước, Kè, Bung, Mốc Chen, Sậy Đồn, Lách, Mít, Thuỷ Tú, Rô, Rum, Dê, Sứ, Gạo Trắng Nõn, Ràm, Lứt, Xối, Tùm Lum,
		Bạch, Sìn, Khoai, Nhum, Dừa Khô, Tắc, Vồng, Chồ, Gỏi Cuốn, Me Rừng`),
	features: words(`Sẹo lồi dài %dcm ở bắp tay gần khuỷu, Đốm nâu tròn %dcm gần xương đòn phía bên tả, Vết bỏng cũ rộng chừng %dcm nơi mu bàn tay,
		Hình xăm bông súng %dcm sát khuỷu bên hữu, Nốt đỏ %dcm chếch nhân trung về bên tả, Vành tai bên tả khuyết %dcm do tai nạn,
		Lằn khâu chừng %dcm ngang ức sát xương sườn, Tàn nhang rộng %dcm quanh mũi và má`),
	buildings: words(`Tòa Bồ Công Anh, Tòa Thiên Nga, Nhà tập thể Ví Dụ, Cư xá Bông Súng`),
	clinics:   words(`Bệnh xá %s, Nhà hộ sinh %s, Viện điều dưỡng %s, Cơ sở khám bệnh %s, Nhà thương %s`),
	vehicles: []model{
		{"KYMCO", "LIKE 50", "Xe mô tô hai bánh", "L3", "KC10G", "LVBUB10", "petrol", 50, 2, 2, 99, 130},
		{"DAELIM", "CITI ACE", "Xe mô tô hai bánh", "L3", "DA110", "KMYDA11", "petrol", 107, 6, 2, 98, 130},
		{"BENELLI", "LEONCINO", "Xe mô tô hai bánh", "L3", "BJ274", "LBBPEG1", "petrol", 249, 19, 2, 170, 150},
		{"DAT BIKE", "QUANTUM", "Xe máy điện", "L3", "DBQTM", "MDBDT00", "electric", 0, 6, 2, 122, 130},
		{"PEUGEOT", "3008", "Ô tô con", "M1", "5G06X", "VF3M45G", "petrol", 1598, 123, 5, 1465, 465},
		{"NISSAN", "NAVARA", "Ô tô pickup cabin kép", "N1", "YS23A", "MNTCD23", "diesel", 2298, 140, 5, 1970, 830},
		{"SUBARU", "FORESTER", "Ô tô con", "M1", "FB20D", "MMSSK9E", "petrol", 1995, 115, 5, 1533, 467},
		{"VOLVO", "XC60", "Ô tô con", "M1", "B4204", "LYVUZ10", "hybrid", 1969, 183, 5, 1861, 549},
		{"ISUZU", "QKR", "Ô tô tải", "N2", "4JH1E", "RLEAKR7", "diesel", 2999, 77, 3, 2390, 2500},
	},
}
