package bolt

import "encoding/binary"

// formatVersion is the version of the layout below. A change that an older
// program would misread raises it; a new member of a record does not. Formats 1,
// which knew no status of a credential, and 2, which knew no level of a session
// and no messages, were never released and are not read.
const (
	formatVersion = 3
	oldestFormat  = 3
)

// The buckets of format 3. Every key that joins several parts is made by
// joinKey.
var (
	bucketMeta = []byte("meta") // keyFormat -> big-endian uint32

	bucketCitizens        = []byte("citizens")           // id -> citizenRecord
	bucketCitizenByNumber = []byte("citizens_by_number") // personal number -> id
	bucketDevices         = []byte("devices")            // (owner, id) -> deviceRecord
	bucketDevicesInUse    = []byte("devices_in_use")     // (owner, id) of those that are not revoked -> 1

	bucketCancelledNumbers = []byte("cancelled_numbers") // personal number, citizen whose record said so -> 1

	// A holding's body changes only when its credential is signed anew; what
	// ends it is a record of its own, so that ending one does not rewrite its
	// credential and values.
	bucketHoldings       = []byte("holdings")         // id -> holdingRecord
	bucketEndings        = []byte("endings")          // holding id -> endingRecord
	bucketActiveByOwner  = []byte("active_by_owner")  // (owner, holding id) -> document
	bucketActiveByRecord = []byte("active_by_record") // (document, record key, holding id) -> owner
	// Active holdings whose credential ends before their presentations do.
	bucketDue = []byte("due") // big-endian second of its end, holding id -> 1

	// Active holdings whose holder is still to be told that the paper ends.
	bucketReminders    = []byte("reminders")     // holding id -> momentRecord
	bucketRemindersDue = []byte("reminders_due") // big-endian second of it, holding id -> 1

	// What an agency says of a holding, and the lock of a wallet. No key: nothing
	// stands against it.
	bucketStandings = []byte("standings") // holding id -> standingRecord
	bucketLocks     = []byte("locks")     // owner -> lockRecord
	bucketReissues  = []byte("reissues")  // owner -> reissuesRecord
	// Sessions of an owner that began at this moment or before have ended.
	bucketSessionsEnded = []byte("sessions_ended") // owner -> momentRecord

	// Status lists: see status.go.
	bucketStatusLists = []byte("status_lists") // (agency) number -> statusListRecord
	bucketStatusTaken = []byte("status_taken") // (agency) number part -> bits and their sum
	bucketStatuses    = []byte("statuses")     // (agency) number index -> standingRecord

	bucketEvents = []byte("events") // (owner) moment sequence -> eventRecord
	// The outbox repeats each event that has not been told yet under a number that
	// grows in commit order: Spread reads it from the front.
	bucketOutbox = []byte("outbox") // sequence -> eventRecord
	// What in the outbox cannot be read is kept here, as it was.
	bucketOutboxDamaged = []byte("outbox_damaged") // sequence -> bytes
	// Numbers in an inbox are the owner's own, from 1, without gaps.
	bucketInbox     = []byte("inbox")      // (owner) number -> eventRecord
	bucketInboxRead = []byte("inbox_read") // owner -> number up to which notices have been read

	bucketMessages      = []byte("messages")         // sequence -> messageRecord
	bucketMessagesDue   = []byte("messages_due")     // moment sequence -> 1
	bucketDeadLetters   = []byte("dead_letters")     // sequence -> deadLetterRecord
	bucketTargets       = []byte("push_targets")     // (owner, device) -> targetRecord
	bucketTargetByToken = []byte("targets_by_token") // SHA-256 of service and token -> key of bucketTargets

	bucketHistory = []byte("history") // (owner) moment sequence -> entryRecord
	// What citizens say of entries, and which of that concerns an agency.
	bucketReports       = []byte("reports")           // (owner, entry id) -> reportRecord
	bucketReportsAgency = []byte("reports_by_agency") // (agency) number -> (owner, entry id)

	bucketActivations       = []byte("activations")          // locator -> activationRecord
	bucketActivationByOwner = []byte("activations_by_owner") // owner -> locator of the unused one
	bucketSessions          = []byte("sessions")             // id -> sessionRecord
	bucketSessionByHash     = []byte("sessions_by_hash")     // SHA-256 of the token, and of the one before -> id
	bucketSessionsByOwner   = []byte("sessions_by_owner")    // (owner, id) -> 1
	bucketPasskeys          = []byte("passkeys")             // (owner, id) -> passkeyRecord
	bucketPasskeyByID       = []byte("passkeys_by_id")       // id of the credential -> (owner, id)
	bucketCeremonies        = []byte("ceremonies")           // challenge -> ceremonyRecord
	bucketCeremonyEnds      = []byte("ceremony_ends")        // big-endian second of its end, challenge -> 1
	bucketRecoveries        = []byte("recoveries")           // locator -> recoveryRecord
	bucketRecoveryByOwner   = []byte("recoveries_by_owner")  // owner -> locator
	bucketAgencyTokens      = []byte("agency_tokens")        // id -> agencyTokenRecord
	bucketAgencyTokenByHash = []byte("agency_tokens_by_hash")
)

var keyFormat = []byte("format")

// buckets lists every bucket: Open makes those that are missing.
var buckets = [][]byte{
	bucketMeta, bucketCitizens, bucketCitizenByNumber, bucketCancelledNumbers, bucketDevices, bucketDevicesInUse,
	bucketHoldings, bucketEndings, bucketActiveByOwner, bucketActiveByRecord, bucketDue,
	bucketReminders, bucketRemindersDue,
	bucketStandings, bucketLocks, bucketReissues, bucketSessionsEnded,
	bucketStatusLists, bucketStatusTaken, bucketStatuses,
	bucketEvents, bucketOutbox, bucketOutboxDamaged, bucketInbox, bucketInboxRead,
	bucketMessages, bucketMessagesDue, bucketDeadLetters, bucketTargets, bucketTargetByToken,
	bucketHistory, bucketReports, bucketReportsAgency,
	bucketActivations, bucketActivationByOwner, bucketSessions, bucketSessionByHash, bucketSessionsByOwner,
	bucketPasskeys, bucketPasskeyByID, bucketCeremonies, bucketCeremonyEnds, bucketRecoveries, bucketRecoveryByOwner,
	bucketAgencyTokens, bucketAgencyTokenByHash,
}

// sequenceKey is the key of a sequence number; keys sort as numbers do.
func sequenceKey(n uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, sequenceSize), n)
}
