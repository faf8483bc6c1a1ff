package statuslist

import "time"

// Limits shared by writing and reading: what one side writes, the other reads.
// They are checked before the bytes they bound are decoded or inflated.
const (
	// MaxListBytes bounds an inflated list: 4 Mi entries of 2 bits.
	MaxListBytes = 1 << 20
	// MaxCompressedBytes bounds a compressed list. DEFLATE makes what does not
	// compress longer by 5 bytes in 64 KiB (RFC 1951 section 3.2.4), ZLIB by 6.
	MaxCompressedBytes = MaxListBytes + 1<<10
	// MaxHeaderBytes bounds an encoded JOSE header; x5c is what fills it.
	MaxHeaderBytes = 16 << 10
	// MaxTokenBytes bounds a Status List Token: a list, in base64url twice, and
	// the rest of the token.
	MaxTokenBytes = 2 << 20
	// MaxURIBytes bounds the address of a list.
	MaxURIBytes = 1 << 10
	// MaxLists bounds the lists of one snapshot or aggregation document.
	MaxLists = 4096
	// MaxAggregationBytes bounds an aggregation document.
	MaxAggregationBytes = 4 << 20
	// MaxSnapshotBytes bounds a snapshot, which names every list and its hash.
	MaxSnapshotBytes = 8 << 20
	// MaxBundleBytes bounds a bundle, and MaxBundleListBytes what its lists
	// inflate to together: 256 Mi entries of 2 bits. Without the second, a
	// small file could fill any memory.
	MaxBundleBytes     = 64 << 20
	MaxBundleListBytes = 64 << 20
	// MaxCertificates bounds the x5c chain.
	MaxCertificates = 8
	// MaxTTL bounds ttl; longer is no cache but a mistake.
	MaxTTL = 366 * 24 * time.Hour

	// maxDepth bounds the nesting of JSON; ours needs three levels.
	maxDepth = 8
	// maxNumericDate is the last second of the year 9999.
	maxNumericDate = 253402300799
)

// MaxSize is the largest number of entries of a list with that many bits each.
// It is 0 when no list has them.
func MaxSize(bits int) int {
	if !validBits(bits) {
		return 0
	}
	return MaxListBytes * 8 / bits
}

// The typ headers (RFC 8725 section 3.11): no token passes for another kind.
const (
	// TypeToken is the typ of a Status List Token, and MediaType how it is
	// served (draft sections 5.1 and 8.2).
	TypeToken = "statuslist+jwt"
	MediaType = "application/" + TypeToken
	// TypeSnapshot is the typ of a status snapshot.
	TypeSnapshot = "giayto-status-snapshot+jwt"
)
