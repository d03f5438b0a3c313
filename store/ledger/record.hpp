// The format of a ledger record: a fixed header, a body of facts (facts.proto), a payload of stored
// octets. All numbers are little-endian:
//
//    at  bytes
//     0  4  "MREC"
//     4  2  kind
//     6  1  codec of the payload: 0 as it is, 1 zstd
//     7  1  flags, 0
//     8  8  sequence number; a record's leaf in the Merkle tree has the same index
//    16  8  time of our own clock, UTC microseconds since 1970
//    24  4  body length
//    28  4  key id of an encrypted payload; 0, reserved
//    32  8  payload length as stored
//    40  4  index within its commit: the record numbered (sequence - index) began it, and all before
//           that one were synced to disk before this one was written
//    44  4  CRC-32C of the payload as stored
//    48  4  CRC-32C of the archive id, the 48 bytes above and the body (a mail that contains a copy
//           of a record is thereby never taken for one)
//    52     body, then payload
//
// The Merkle leaf covers what the record says (kind, sequence, time, body length, body), and not
// how its payload is stored: the body holds the payload's digest, so octets can be destroyed or
// sealed later and all proofs still hold.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/digest.hpp"
#include "store/base/error.hpp"
#include "store/base/position.hpp"
#include "store/base/time.hpp"

namespace mailhold::store::ledger {

// A reader skips kinds it does not know, and hashes them all the same. A number is never used
// twice.
enum class Kind : std::uint16_t {
    message_stored = 1,
    account_declared = 2,
    mailbox_listed = 3,
    mailbox_gone = 4,
    generation_opened = 5,
    sighting = 6,
    flags_seen = 7,
    vanished = 8,
    generation_synced = 9,
    excluded = 10,
    quarantined = 11,
    awaited = 12,
    reconciled = 13,
    moved = 14,
    renamed = 15,
    security_shown = 16,
    workspace_named = 17,
    workspace_deleted = 18,
    filed = 19,
    flagged = 20,
    unfiled = 21,
    subscribed = 22,
    personally_flagged = 23,
    journaled = 24,
    granted = 28,
    accessed = 29,
    annotated = 30,
    gmail_seen = 40,
};

enum class Codec : std::uint8_t { none = 0, zstd = 1 };

inline constexpr std::size_t record_header_size = 52;
inline constexpr std::string_view record_magic = "MREC";
inline constexpr std::uint32_t max_body_length = 16 << 20;
inline constexpr std::uint64_t max_payload_length = std::uint64_t{4} << 30;

struct RecordHeader {
    Kind kind{};
    Codec codec = Codec::none;
    std::uint8_t flags = 0;
    Sequence sequence{};
    UtcMicros time{};
    std::uint32_t body_length = 0;
    std::uint32_t key_id = 0;
    std::uint64_t payload_length = 0;
    std::uint32_t commit_index = 0;
    std::uint32_t payload_crc = 0;
    std::uint32_t head_crc = 0;  // set by append_head
    bool operator==(const RecordHeader&) const = default;
};

// A record as read: without its payload, but with where it is.
struct Record {
    RecordHeader header;
    std::string body;
    std::uint64_t offset = 0;  // in its segment file
    std::uint64_t payload_offset() const {
        return offset + record_header_size + header.body_length;
    }
    std::uint64_t end() const { return payload_offset() + header.payload_length; }
};

// Appends header and body to `out`; header.body_length must be the body's.
void append_head(std::string& out, const RecordHeader& header, std::string_view body,
                 const ArchiveId& archive);
// The header in the first record_header_size octets of `raw`: magic and limits checked, not yet the
// CRC. Errc::corrupt says what is wrong.
Result<RecordHeader> decode_header(std::string_view raw);
// Whether header.head_crc is that of these raw header octets and body.
bool head_is_whole(std::string_view raw, const RecordHeader& header, std::string_view body,
                   const ArchiveId& archive);

Digest leaf_of(const RecordHeader& header, std::string_view body);

}  // namespace mailhold::store::ledger
