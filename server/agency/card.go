package agency

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer/cardqr"
	"github.com/giayto/giayto/server/request"
)

type cardBody struct {
	Text string `json:"text"`
}

// cardAnswer fills in a form at the desk. What else stands in the code of a
// newer card, such as the names of parents, nobody there has asked for.
type cardAnswer struct {
	Number       string   `json:"personal_administrative_number"`
	FormerNumber string   `json:"former_number,omitempty"`
	Name         string   `json:"name,omitempty"`
	Birthdate    string   `json:"birthdate,omitempty"`
	Sex          int      `json:"sex,omitempty"`
	Address      string   `json:"address,omitempty"`
	IssuedOn     string   `json:"date_of_issuance,omitempty"`
	Doubtful     []string `json:"doubtful"`
	RepairedFrom string   `json:"repaired_from,omitempty"`
}

// names of fields as the catalogue has them.
var cardFields = map[string]string{cardqr.FieldIssuedOn: "date_of_issuance"}

// card reads what a scanner at the desk has read. Nothing is looked up or kept.
func (h handlers) card(c *fiber.Ctx) error {
	var body cardBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	card, err := cardqr.Parse(body.Text)
	if err != nil {
		return fault.Wrap(err, fault.CodeCardUnreadable, "not the text of the QR on a căn cước").At("text")
	}
	answer := cardAnswer{card.Number, card.FormerNumber, card.Name, card.Birthdate, card.Sex, card.Address, card.IssuedOn,
		make([]string, len(card.Doubtful)), card.RepairedFrom}
	for i, field := range card.Doubtful {
		if name, ok := cardFields[field]; ok {
			field = name
		}
		answer.Doubtful[i] = field
	}
	return c.JSON(answer)
}
