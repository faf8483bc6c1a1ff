package statuslist

import "encoding/json"

type aggregation struct {
	Lists []string `json:"status_lists"`
}

// EncodeAggregation returns the aggregation document: the addresses of all lists
// of a deployment, for checkers that fetch them before they meet a holder (draft
// section 9.2).
func EncodeAggregation(uris []string) ([]byte, error) {
	if err := checkURIs(uris); err != nil {
		return nil, err
	}
	if uris == nil {
		uris = []string{} // an empty array, not null
	}
	return json.Marshal(aggregation{uris})
}

// ParseAggregation reads an aggregation document. Members it does not know are
// ignored. Nothing in it is signed: it tells where to look and never what counts.
func ParseAggregation(raw []byte) ([]string, error) {
	const where = "aggregation"
	if len(raw) > MaxAggregationBytes {
		return nil, refuse(ReasonTooLarge, where)
	}
	o, err := decodeObject(raw, where, ReasonMalformed)
	if err != nil {
		return nil, err
	}
	// Pointers, because null would pass for an empty string.
	var items []*string
	if json.Unmarshal(o["status_lists"], &items) != nil || items == nil {
		return nil, refuse(ReasonMalformed, where)
	}
	uris := make([]string, 0, len(items))
	for _, item := range items {
		if item == nil {
			return nil, refuse(ReasonMalformed, where)
		}
		uris = append(uris, *item)
	}
	if err := checkURIs(uris); err != nil {
		return nil, err
	}
	return uris, nil
}

func checkURIs(uris []string) error {
	if len(uris) > MaxLists {
		return refuse(ReasonTooManyLists, "status_lists")
	}
	seen := make(map[string]bool, len(uris))
	for _, uri := range uris {
		if err := checkURI(uri, "status_lists"); err != nil {
			return err
		}
		if seen[uri] {
			return refuse(ReasonListDuplicate, uri)
		}
		seen[uri] = true
	}
	return nil
}
