package qr_test

import "fmt"

// The other three documents, whole. Their wire keys are invented: only the
// shape and the words matter for size.

var (
	makes = []string{"HONDA", "TOYOTA", "YAMAHA", "VINFAST", "HYUNDAI", "KIA", "MAZDA", "PEUGEOT", "ISUZU"}
	// Models that no dictionary lists come first in each pair.
	models    = []string{"LEAD", "WAVE ALPHA", "FORTUNER", "VIOS", "JANUS", "EXCITER", "FELIZ S", "VF 8", "STARGAZER", "ACCENT"}
	kinds     = []string{"Xe mô tô hai bánh", "Ô tô con", "Ô tô tải", "Xe máy điện"}
	colours   = []string{"Trắng", "Đen", "Đỏ", "Bạc", "Xanh", "Đen - Xám", "Cam"}
	hospitals = []string{"Bệnh viện Đa khoa %s", "Trung tâm Y tế %s", "Trạm Y tế %s", "Phòng khám đa khoa %s"}
)

// otherCard returns the fields of a set that is not of the căn cước, or nil.
func (p person) otherCard(s set) []byte {
	f := fieldWriter{}
	switch s {
	case licence:
		f.head(11, 2)
		f.number(1, p.number)
		f.text(2, p.name)
		f.integer(3, p.birth)
		f.text(5, "VN")
		f.text(7, p.address)
		f.text(8, []string{"A1", "B", "C", "A1,B"}[p.kind%4])
		f.integer(9, p.issued)
		f.integer(10, p.expires)
		f.text(11, "Phòng Cảnh sát giao thông - Công an Thành phố Hồ Chí Minh")
		f.integer(12, p.kind%13)
	case vehicle:
		f.head(13, 3)
		f.text(1, p.serial[:2]+" "+p.serial[2:8])
		f.text(2, p.serial[8:10]+string(rune('A'+p.kind%20))+p.serial[3:8])
		f.text(3, p.name)
		f.text(4, p.address)
		f.text(5, makes[p.kind%len(makes)])
		f.text(6, models[p.kind%len(models)])
		f.text(7, kinds[p.kind%len(kinds)])
		f.text(8, colours[p.kind%len(colours)])
		f.text(9, "RLHJF"+p.serial)
		f.text(10, "JF"+p.serial[4:]+"E")
		f.integer(11, 2000+p.kind%26)
		f.integer(12, p.issued)
	case health:
		f.head(11, 4)
		f.number(1, p.number%10_000_000_000)
		f.text(2, "GD4"+p.serial)
		f.text(3, p.name)
		f.integer(4, p.birth)
		f.integer(5, p.sex)
		f.text(6, p.serial[:2]+"-"+p.serial[2:5])
		f.text(7, fmt.Sprintf(hospitals[p.kind%len(hospitals)], p.place))
		f.integer(8, p.issued)
		f.integer(9, p.expires)
		f.text(10, "Bảo hiểm xã hội "+p.province)
	}
	return f.out
}

type fieldWriter struct{ out []byte }

func (f *fieldWriter) head(pairs uint64, document byte) {
	f.out = append(cborHead(f.out, 5, pairs), 0, document)
}

func (f *fieldWriter) text(key byte, s string) { f.out = cborText(append(f.out, key), s) }

func (f *fieldWriter) integer(key byte, n int) { f.out = cborInt(append(f.out, key), n) }

func (f *fieldWriter) number(key byte, n uint64) { f.out = cborHead(append(f.out, key), 0, n) }

func (f *fieldWriter) answer(key byte) { f.out = append(f.out, key, 0xF5) }
