package demo

// UnseenNames are all parts of names of the held-out registers.
func UnseenNames() []string {
	var all []string
	for _, list := range [][]string{unseen.families, unseen.maleMiddles, unseen.femaleMiddles, unseen.maleGivens, unseen.femaleGivens} {
		all = append(all, list...)
	}
	return all
}

// UnseenPhrases are all other words that the held-out registers are made of.
func UnseenPhrases() []string {
	var all []string
	for _, list := range [][]string{unseen.streets, unseen.hamlets, unseen.features, unseen.buildings, unseen.clinics} {
		all = append(all, list...)
	}
	for _, head := range unseen.heads {
		for _, tail := range unseen.tails {
			all = append(all, head+" "+tail)
		}
	}
	for _, m := range unseen.vehicles {
		all = append(all, m.make, m.name, m.frame, m.engine)
	}
	return all
}
