// Package push owns how a citizen learns of an event without asking: it takes
// events out of the outbox, puts them into the citizen's inbox, and has a
// message sent to each of the citizen's devices that asked for one.
//
// An event is committed in the same transaction as the change that it tells
// of, and leaves the outbox in the same transaction as it enters the inbox and
// the queue of messages. A message leaves the queue only after a sender has
// said that it was taken, so it is delivered at least once; it carries the id
// of its event, by which the app tells a repetition. What cannot be delivered
// becomes a dead letter, which the operator can see.
//
// A message tells nothing but that id and a category: services between us and
// the phone read it, and the phone may show it on a locked screen. What
// happened is in the inbox, behind the session.
//
// The package deliberately knows no service (push/fcm does), does not store
// anything itself, and does not decide which events there are.
package push
