package fault

import "sort"

// Code is a stable, dotted name of one thing that can go wrong. Codes are
// public: clients switch on them. They are added, never renamed.
type Code string

// Codes of every package of the domain and of the edge.
const (
	CodeInternal Code = "internal"

	CodeRequestMalformed   Code = "request.malformed"
	CodeRequestTooLarge    Code = "request.too_large"
	CodeRequestUnsupported Code = "request.unsupported_media_type"
	CodeRouteNotFound      Code = "request.no_such_route"
	CodeMethodNotAllowed   Code = "request.method_not_allowed"
	CodeRequestTooMany     Code = "request.too_many"
	CodeUnavailable        Code = "service.unavailable"

	CodeSessionMissing    Code = "session.missing"
	CodeSessionInvalid    Code = "session.invalid"
	CodeSessionUnknown    Code = "session.unknown"
	CodeSessionForged     Code = "session.cross_site"
	CodeAgencyInvalid     Code = "session.agency_invalid"
	CodeActivationUnknown Code = "activation.unknown"
	CodeActivationUsed    Code = "activation.used"
	CodeActivationExpired Code = "activation.expired"
	CodeActivationTries   Code = "activation.too_many_tries"

	CodePasskeyChallenge   Code = "passkey.challenge_unknown"
	CodePasskeyOrigin      Code = "passkey.origin_wrong"
	CodePasskeyRPID        Code = "passkey.rp_id_wrong"
	CodePasskeyUser        Code = "passkey.user_not_verified"
	CodePasskeyUnknown     Code = "passkey.unknown"
	CodePasskeyAlgorithm   Code = "passkey.algorithm_not_offered"
	CodePasskeyAttestation Code = "passkey.attestation_invalid"
	CodePasskeyCloned      Code = "passkey.cloned"
	CodePasskeyRegistered  Code = "passkey.registered"
	CodePasskeyNotFound    Code = "passkey.not_found"
	CodePasskeyLast        Code = "passkey.last"
	CodePasskeyTooMany     Code = "passkey.too_many"
	CodePasskeyNone        Code = "passkey.none"
	CodeReauthenticate     Code = "session.reauthentication_required"
	CodeDeviceNotFound     Code = "device.not_found"
	CodeDeviceFrozen       Code = "device.frozen"
	CodeDeviceTooMany      Code = "device.too_many"
	CodeDeviceCurrent      Code = "device.current"
	CodeDeviceHeld         Code = "device.held"
	CodeDeviceKey          Code = "device.key_invalid"
	CodeDeviceProof        Code = "device.proof_invalid"
	CodeRecoveryUnknown    Code = "recovery.unknown"
	CodeRecoveryUsed       Code = "recovery.used"
	CodeReissueInPerson    Code = "session.in_person_check_required"

	CodeCitizenUnknown    Code = "wallet.citizen_unknown"
	CodeCredentialUnknown Code = "wallet.credential_unknown"
	CodeNoticeUnknown     Code = "wallet.notice_unknown"

	CodePushServiceUnknown Code = "push.service_unknown"

	CodeDocumentUnknown  Code = "catalog.document_unknown"
	CodeTypeUnknown      Code = "catalog.type_unknown"
	CodeAgencyUnknown    Code = "issuer.agency_unknown"
	CodeAgencyNotAllowed Code = "issuer.agency_not_allowed"
	CodeLineMalformed    Code = "issuer.line_malformed"
	CodeLineTooLong      Code = "issuer.line_too_long"
	CodeClaimRejected    Code = "issuer.claim_rejected"
	CodeHolderMissing    Code = "issuer.holder_missing"
	CodeHolderUnknown    Code = "issuer.holder_unknown"
	CodeHolderMismatch   Code = "issuer.holder_mismatch"
	CodeHeldByOther      Code = "issuer.record_held_by_other"
	CodeRecordOutdated   Code = "issuer.record_outdated"
	CodeAgencyKeyMissing Code = "issuer.signing_key_missing"
	CodeRecordRepeated   Code = "issuer.record_repeated"
	CodeRecordExpired    Code = "issuer.record_expired"
	CodePersonConflict   Code = "issuer.person_conflict"
	CodeNumberCancelled  Code = "issuer.number_cancelled"
	CodeRecordRevoked    Code = "issuer.record_revoked"
	CodeHolderDeceased   Code = "issuer.holder_deceased"
	CodeReasonInvalid    Code = "issuer.reason_invalid"
	CodeAlreadyRevoked   Code = "issuer.credential_revoked"
	CodeSuperseded       Code = "issuer.credential_superseded"
	CodeLockFinal        Code = "issuer.lock_final"
	CodeReissueTooMany   Code = "issuer.reissue_too_many"
	CodeCardUnreadable   Code = "enrolment.card_qr_unreadable"
	CodeListUnknown      Code = "status.list_unknown"

	CodeSelectionEmpty       Code = "disclosure.selection_empty"
	CodeSelectionTooLarge    Code = "disclosure.selection_too_large"
	CodeSelectionAmbiguous   Code = "disclosure.selection_ambiguous"
	CodeSelectionRepeated    Code = "disclosure.selection_repeated"
	CodeClaimUnknown         Code = "disclosure.claim_unknown"
	CodeClaimNotShareable    Code = "disclosure.claim_not_shareable"
	CodeClaimAbsent          Code = "disclosure.claim_absent"
	CodeClaimUndetermined    Code = "disclosure.claim_undetermined"
	CodePresetUnknown        Code = "disclosure.preset_unknown"
	CodePresetMismatch       Code = "disclosure.preset_mismatch"
	CodeOverAsking           Code = "disclosure.over_asking"
	CodeStepUpRequired       Code = "disclosure.step_up_required"
	CodeStepUpMismatch       Code = "disclosure.step_up_mismatch"
	CodeInPersonRequired     Code = "disclosure.in_person_check_required"
	CodeLevelUnavailable     Code = "disclosure.auth_level_unavailable"
	CodePurposeInvalid       Code = "disclosure.purpose_invalid"
	CodeAudienceInvalid      Code = "disclosure.audience_invalid"
	CodeChallengeInvalid     Code = "disclosure.challenge_invalid"
	CodeLifetimeInvalid      Code = "disclosure.lifetime_invalid"
	CodeNotInForce           Code = "disclosure.credential_not_in_force"
	CodeCredentialSuspended  Code = "disclosure.credential_suspended"
	CodeCredentialWithheld   Code = "disclosure.credential_withheld"
	CodeCredentialRevoked    Code = "disclosure.credential_revoked"
	CodeWalletLocked         Code = "disclosure.wallet_locked"
	CodeCredentialExpired    Code = "disclosure.credential_expired"
	CodeCredentialNotYet     Code = "disclosure.credential_not_yet_valid"
	CodeTooDense             Code = "disclosure.too_dense"
	CodePresentationUnknown  Code = "disclosure.presentation_unknown"
	CodePresentationExpired  Code = "disclosure.presentation_expired"
	CodeSigningKeyMissing    Code = "disclosure.signing_key_missing"
	CodeHistoryCursorInvalid Code = "disclosure.history_cursor_invalid"
	CodeEntryUnknown         Code = "disclosure.entry_unknown"
	CodeEntryReported        Code = "disclosure.entry_reported"
	CodeReportsTooMany       Code = "disclosure.reports_too_many"
)

// kinds is the one place that says what class a code belongs to.
var kinds = map[Code]Kind{
	CodeInternal: Internal,

	CodeRequestMalformed: Invalid, CodeRequestTooLarge: TooLarge, CodeRequestUnsupported: Invalid,
	CodeRouteNotFound: NotFound, CodeMethodNotAllowed: Invalid, CodeRequestTooMany: TooMany,
	CodeUnavailable: Unavailable,

	CodeSessionMissing: Unauthorised, CodeSessionInvalid: Unauthorised, CodeAgencyInvalid: Unauthorised,
	CodeSessionUnknown: NotFound, CodeSessionForged: Forbidden,
	CodeActivationUnknown: Unauthorised, CodeActivationUsed: Gone, CodeActivationExpired: Gone,
	CodeActivationTries: TooMany,

	CodePasskeyChallenge: Refused, CodePasskeyOrigin: Refused, CodePasskeyRPID: Refused, CodePasskeyUser: Refused,
	CodePasskeyUnknown: Unauthorised, CodePasskeyAlgorithm: Refused, CodePasskeyAttestation: Refused,
	CodePasskeyCloned: Refused, CodePasskeyRegistered: Conflict, CodePasskeyNotFound: NotFound,
	CodePasskeyLast: Conflict, CodePasskeyTooMany: Conflict, CodePasskeyNone: Conflict,
	CodeReauthenticate: Forbidden, CodeDeviceNotFound: NotFound, CodeDeviceFrozen: Unauthorised, CodeDeviceTooMany: Conflict,
	CodeDeviceCurrent: Conflict, CodeDeviceHeld: Conflict, CodeDeviceKey: Refused, CodeDeviceProof: Refused,
	CodeRecoveryUnknown: Unauthorised, CodeRecoveryUsed: Gone, CodeReissueInPerson: Forbidden,

	CodeCitizenUnknown: NotFound, CodeCredentialUnknown: NotFound, CodeNoticeUnknown: Invalid,
	CodePushServiceUnknown: Invalid,

	CodeDocumentUnknown: Invalid, CodeTypeUnknown: NotFound, CodeAgencyUnknown: NotFound, CodeAgencyNotAllowed: Forbidden,
	CodeLineMalformed: Invalid, CodeLineTooLong: TooLarge, CodeClaimRejected: Refused,
	CodeHolderMissing: Refused, CodeHolderUnknown: Refused, CodeHolderMismatch: Refused,
	CodeHeldByOther: Refused, CodeRecordOutdated: Refused, CodeRecordRepeated: Refused,
	CodeRecordExpired: Refused, CodePersonConflict: Refused, CodeNumberCancelled: Refused,
	CodeAgencyKeyMissing: Unavailable,
	CodeRecordRevoked:    Refused, CodeHolderDeceased: Refused, CodeReasonInvalid: Invalid,
	CodeAlreadyRevoked: Conflict, CodeSuperseded: Gone, CodeLockFinal: Conflict, CodeReissueTooMany: TooMany,
	CodeListUnknown: NotFound, CodeCardUnreadable: Refused,

	CodeSelectionEmpty: Invalid, CodeSelectionTooLarge: Invalid, CodeSelectionAmbiguous: Invalid,
	CodeSelectionRepeated: Invalid, CodeClaimUnknown: Invalid, CodeClaimNotShareable: Refused,
	CodeClaimAbsent: Refused, CodeClaimUndetermined: Refused, CodePresetUnknown: Invalid,
	CodeStepUpRequired: Forbidden, CodeStepUpMismatch: Refused, CodeInPersonRequired: Refused, CodeLevelUnavailable: Refused,
	CodePresetMismatch: Invalid, CodeOverAsking: Refused, CodePurposeInvalid: Invalid,
	CodeAudienceInvalid: Invalid, CodeChallengeInvalid: Invalid, CodeLifetimeInvalid: Invalid,
	CodeCredentialSuspended: Refused, CodeCredentialWithheld: Refused, CodeCredentialRevoked: Refused,
	CodeWalletLocked: Refused,
	CodeNotInForce:   Refused, CodeCredentialExpired: Refused, CodeCredentialNotYet: Refused,
	CodeTooDense: Refused, CodePresentationUnknown: NotFound, CodePresentationExpired: Gone,
	CodeSigningKeyMissing: Unavailable, CodeHistoryCursorInvalid: Invalid,
	CodeEntryUnknown: NotFound, CodeEntryReported: Conflict, CodeReportsTooMany: Conflict,
}

// Kind returns the kind of a code; Internal for a code that is not known.
func (c Code) Kind() Kind { return kinds[c] }

// Codes returns every code, sorted.
func Codes() []Code {
	all := make([]Code, 0, len(kinds))
	for c := range kinds {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	return all
}
