package issuer_test

import "maps"

// claims of a record by claim id, as a register writes them.
type claims map[string]any

// absent, given to with, drops a claim.
var absent = new(int)

// with returns a copy with other values: id, value, id, value, ...
func (c claims) with(changes ...any) claims {
	out := maps.Clone(c)
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == absent {
			delete(out, changes[i].(string))
		} else {
			out[changes[i].(string)] = changes[i+1]
		}
	}
	return out
}

// person is somebody invented.
type person struct {
	number, name, born string
	sex                int
}

var (
	anh  = person{"079305000123", "NGUYỄN THỊ MINH ÁNH", "2005-02-28", 2}
	binh = person{"001086000456", "TRẦN VĂN HOÀ", "1986-05-04", 1}
	lien = person{"048190000789", "ĐỖ THỊ THỦY LIÊN", "1990-11-30", 2}
)

// card is the record of a căn cước.
func (p person) card() claims {
	return claims{
		"personal_administrative_number": p.number, "name": p.name, "birthdate": p.born, "sex": p.sex,
		"address.formatted": "Số 12 đường Hoa Sữa, Phường Hải Châu, Thành phố Đà Nẵng",
		"address.locality":  "Phường Hải Châu", "address.region": "Thành phố Đà Nẵng",
		"nationalities": []any{"VN"}, "place_of_origin": "Xã Yên Mô, tỉnh Ninh Bình",
		"date_of_issuance": "2024-08-20", "date_of_expiry": "2030-02-28",
		"issuing_authority": "Bộ Công an",
	}
}

// licence is the record of a driving licence with two classes.
func (p person) licence(number string) claims {
	return claims{
		"document_number": number, "name": p.name, "birthdate": p.born, "personal_administrative_number": p.number,
		"driving_privileges": []any{
			map[string]any{"vehicle_category_code": "A1", "class_scheme": "2008", "issue_date": "2023-06-12", "expiry_date": nil},
			map[string]any{"vehicle_category_code": "B", "class_scheme": "2024", "issue_date": "2025-04-10", "expiry_date": "2035-04-10"},
		},
		"date_of_issuance": "2025-04-20", "date_of_expiry": "2035-04-10",
		"issuing_authority": "Công an Thành phố Đà Nẵng", "licence_status": "in_force", "licence_points_remaining": 12,
	}
}

// vehicle is the record of a vehicle registration held by its owner.
func (p person) vehicle(frame, certificate string) claims {
	return claims{
		"registration_number": "43A-000.12", "vehicle_identification_number": frame, "document_number": certificate,
		"registered_owner.name": p.name, "registered_owner.kind": "person", "registered_owner.identifier": p.number,
		"basic_vehicle_info.make": "TOYOTA", "basic_vehicle_info.colours": []any{"Trắng", "Đen"},
		"registration_plate_colour": "white", "date_of_registration": "2025-06-01", "date_of_expiry": nil,
		"issuing_authority":              "Công an Thành phố Đà Nẵng",
		"personal_administrative_number": p.number, "holder_name": p.name, "holder_birthdate": p.born,
	}
}

// insurance is the record of a health insurance card.
func (p person) insurance(number string) claims {
	return claims{
		"social_insurance_number": number, "name": p.name, "birthdate": p.born, "sex": p.sex,
		"valid_from": "2026-01-01", "valid_until": "2026-12-31", "issuing_authority": "Bảo hiểm xã hội Đà Nẵng",
		"personal_administrative_number": p.number,
	}
}

// Lines of the records as they are.
func (p person) cardLine() string                   { return line("can_cuoc", p.card()) }
func (p person) licenceLine(number string) string   { return line("gplx", p.licence(number)) }
func (p person) vehicleLine(frame, c string) string { return line("dang_ky_xe", p.vehicle(frame, c)) }
func (p person) insuranceLine(number string) string { return line("bhyt", p.insurance(number)) }

// Frame and document numbers of no real paper.
const (
	frame       = "RL4B29F3XR0000123"
	certificate = "43 000012"
	licence     = "480000000123"
	insured     = "4800000123"
)
