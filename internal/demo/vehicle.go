package demo

import (
	"fmt"

	"github.com/giayto/giayto/catalog"
)

// frameLetters are the letters of a VIN (ISO 3779): I, O and Q are none.
const frameLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// plateLetters begin the series of plates in these registers.
const plateLetters = "ABCDEFGHKLMN"

var colours = []string{"Trắng", "Đen", "Đỏ", "Bạc", "Xám", "Xanh", "Nâu"}

// vehicle draws a vehicle: motorbikes are much more common than cars.
func (t *town) vehicle(p *person) fields {
	var from []*model
	car := p.r.IntN(3) == 0
	for i := range t.words.vehicles {
		if t.words.vehicles[i].car() == car {
			from = append(from, &t.words.vehicles[i])
		}
	}
	return t.vehicleWith(p, pick(p.r, from))
}

// vehicleWith writes the register's record of a new vehicle that its holder
// bought and owns.
func (t *town) vehicleWith(p *person, m *model) fields {
	first := max(plusYears(p.born, 18)+60, date(2012, 1, 4))
	registered := first + catalog.Day(p.r.IntN(max(int(date(2025, 12, 1)-first), 1)))
	year, _, _ := registered.Date()
	colour := []any{pick(p.r, colours)}
	if second := pick(p.r, colours); second != colour[0] && p.r.IntN(3) == 0 {
		colour = append(colour, second)
	}
	f := fields{
		"personal_administrative_number": p.number, "holder_name": p.name, "holder_birthdate": p.birthdate,
		"registration_number": p.plate(m), "registration_plate_colour": "white",
		"vehicle_identification_number": p.frame(m), "document_number": fmt.Sprintf("%02d %06d", p.was.plate, p.serial),
		"registered_owner.kind": "person", "registered_owner.name": p.name, "registered_owner.identifier": p.number,
		"basic_vehicle_info.make": m.make, "basic_vehicle_info.commercial_name": m.name,
		"basic_vehicle_info.type_text": m.kind, "basic_vehicle_info.vehicle_category_code": m.category,
		"basic_vehicle_info.colours": colour,
		"engine_info.engine_number":  fmt.Sprintf("%s%07d", m.engine, p.serial), "engine_info.engine_power": m.power,
		"engine_info.energy_source": m.energy, "seating_info.sitting": m.seats,
		"mass_info.unit": "kg", "mass_info.unladen_mass": m.mass, "mass_info.maximum_mass": m.mass + m.load,
		"year_of_manufacturing": year, "date_of_first_registration": registered.String(),
		"date_of_registration": registered.String(), "date_of_expiry": nil,
		"issuing_authority": "Phòng Cảnh sát giao thông - Công an " + office(p.province.title()),
		"issuing_country":   "VN",
	}
	if m.capacity > 0 {
		f.set("engine_info.engine_capacity", m.capacity)
	}
	if m.energy == "electric" {
		f.set("clean_energy", true)
	}
	if m.car() {
		// Cars are inspected; the latest sticker began at most half a year ago.
		inspected := max(registered, t.today-catalog.Day(p.r.IntN(180)))
		f.set("approval_date_technical_inspection", inspected.String()).
			set("expiry_date_technical_inspection", (plusYears(inspected, 1) - 1).String())
	}
	if m.category[0] == 'N' {
		f.set("mass_info.payload", m.load)
	}
	return p.home.fill(f, "registered_owner.address")
}

// plate writes a plate as it is stamped. Those below 010.00 are given to
// nobody, so the running number makes it recognisable.
func (p *person) plate(m *model) string {
	series := string(plateLetters[p.serial%len(plateLetters)])
	number := p.serial % 100_000
	if m.car() {
		return fmt.Sprintf("%02d%s-%03d.%02d", p.was.plate, series, number/100, number%100)
	}
	return fmt.Sprintf("%02d-%s%d %03d.%02d", p.was.plate, series, 1+p.serial%9, number/100, number%100)
}

// frame writes a VIN that ends in the running number.
func (p *person) frame(m *model) string {
	letter := string(frameLetters[p.r.IntN(len(frameLetters))])
	return fmt.Sprintf("%s%s%s%07d", m.frame, letter, "00", p.serial)
}
