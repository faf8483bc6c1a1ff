// Package web owns the pages that the server gives to browsers: what web/ builds
// into dist, embedded in the program, under which policies a browser runs it, and
// what a page is told when it is answered (trust list, root keys).
//
// It deliberately holds no markup and no script of its own, and no data of any
// person: a page asks for that over the interface under /v1. Go needs no Node to
// build it; dist is committed.
package web
