// Package admin owns what the operator's own listener answers: metrics in the
// Prometheus text format, among them the hours until each thing that ends by
// itself does (trust list, status lists, certificates, windows of keys) and how
// deliveries to citizens stand.
//
// It deliberately answers nothing about citizens, changes nothing, and has no
// sign-in: the listener is for the machine itself or a private network. Labels
// are patterns of routes, methods, statuses, and names of keys and lists; never
// a value of a paper, an address or an id of a citizen.
package admin
