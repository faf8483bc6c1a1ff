// Package remote owns the way to a queue of messages in another process, over a
// Unix socket: the process that holds the data serves its queue, and the one
// that sends claims and settles there. So the sending process, with the SDK and
// the credentials of a service, needs neither the data nor the signing keys.
//
// It deliberately has no sign-in: who may write to the socket (its owner and
// group) may take messages, which names tokens of devices and ids, and no person.
// It is not meant for a network, and both ends are the same version of Giayto.
package remote
