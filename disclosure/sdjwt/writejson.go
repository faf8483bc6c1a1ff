package sdjwt

// Form is one of the two JWS JSON serialisations (RFC 7515 section 7.2).
type Form int

const (
	// Flattened has the one signature beside the payload.
	Flattened Form = iota
	// General has a list of signatures, of which we write one.
	General
)

// JSON returns the token in a JWS JSON serialisation (RFC 9901 section 8):
// disclosures and the Key Binding JWT in the unprotected header. [ParseJSON]
// reads it back; sd_hash is over the compact form either way, so a binding
// survives the change of form.
func (s *SDJWT) JSON(form Form) (string, error) {
	unprotected := []Node{{Name: "disclosures", Value: s.list()}}
	if s.keyBinding != "" {
		unprotected = append(unprotected, Node{Name: "kb_jwt", Value: s.keyBinding})
	}
	payload := Node{Name: "payload", Value: s.jwt.payload}
	signature := []Node{
		{Name: "header", Members: unprotected},
		{Name: "protected", Value: s.jwt.header},
		{Name: "signature", Value: s.jwt.signature},
	}
	var members []Node
	switch form {
	case Flattened:
		members = append(signature, payload)
	case General:
		members = []Node{payload, {Name: "signatures", Items: []Node{{Members: signature}}}}
	default:
		return "", refuse(ReasonOptions, "form")
	}
	text, err := newBuilder(nil).object(nil, members, 0, 1)
	if err != nil {
		return "", err
	}
	if len(text) > MaxTextBytes {
		return "", inToken.refuse(ReasonTooLarge)
	}
	return string(text), nil
}

// list is never nil: no disclosures are written as [].
func (s *SDJWT) list() []string {
	if s.disclosures == nil {
		return []string{}
	}
	return s.disclosures
}
