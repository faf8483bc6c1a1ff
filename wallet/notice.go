package wallet

// Notice is an event as its owner is told of it.
type Notice struct {
	// Number is its place in the owner's inbox: from 1, in the order in which
	// the events were committed, without gaps.
	Number uint64
	Event  Event
	Read   bool
}

// Notices is a part of an inbox.
type Notices struct {
	List []Notice // newest first
	// Unread counts those in the whole inbox that have not been read.
	Unread uint64
	// More: there are older ones.
	More bool
}

// MaxNotices is the most notices that are given at a time.
const MaxNotices = 100
