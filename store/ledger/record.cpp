#include "store/ledger/record.hpp"

#include <fmt/format.h>

#include <boost/endian/conversion.hpp>
#include <utility>

#include "store/base/crc32c.hpp"
#include "store/ledger/merkle.hpp"

namespace mailhold::store::ledger {
namespace {

using namespace boost::endian;

constexpr std::size_t checked_size = record_header_size - 4;

std::uint32_t head_crc(std::string_view raw, std::string_view body, const ArchiveId& archive) {
    const std::string_view id(reinterpret_cast<const char*>(archive.data()), archive.size());
    return Crc32c().update(id).update(raw.substr(0, checked_size)).update(body).value();
}

}  // namespace

void append_head(std::string& out, const RecordHeader& header, std::string_view body,
                 const ArchiveId& archive) {
    MAILHOLD_ASSERT(header.body_length == body.size());
    std::array<unsigned char, record_header_size> raw{};
    record_magic.copy(reinterpret_cast<char*>(raw.data()), record_magic.size());
    store_little_u16(&raw[4], std::to_underlying(header.kind));
    raw[6] = std::to_underlying(header.codec);
    raw[7] = header.flags;
    store_little_u64(&raw[8], number(header.sequence));
    store_little_s64(&raw[16], header.time.time_since_epoch().count());
    store_little_u32(&raw[24], header.body_length);
    store_little_u32(&raw[28], header.key_id);
    store_little_u64(&raw[32], header.payload_length);
    store_little_u32(&raw[40], header.commit_index);
    store_little_u32(&raw[44], header.payload_crc);
    const std::string_view view(reinterpret_cast<const char*>(raw.data()), raw.size());
    store_little_u32(&raw[48], head_crc(view, body, archive));
    out.append(view).append(body);
}

Result<RecordHeader> decode_header(std::string_view raw) {
    if (raw.size() < record_header_size)
        return fail(Errc::corrupt, "the header of a record is cut off");
    if (!raw.starts_with(record_magic)) return fail(Errc::corrupt, "no record begins here");
    const auto* at = reinterpret_cast<const unsigned char*>(raw.data());
    const RecordHeader header{
        .kind = Kind{load_little_u16(at + 4)},
        .codec = Codec{at[6]},
        .flags = at[7],
        .sequence = Sequence{load_little_u64(at + 8)},
        .time = UtcMicros(std::chrono::microseconds(load_little_s64(at + 16))),
        .body_length = load_little_u32(at + 24),
        .key_id = load_little_u32(at + 28),
        .payload_length = load_little_u64(at + 32),
        .commit_index = load_little_u32(at + 40),
        .payload_crc = load_little_u32(at + 44),
        .head_crc = load_little_u32(at + 48)};
    if (header.body_length > max_body_length || header.payload_length > max_payload_length) {
        return fail(Errc::corrupt, "a record's length is beyond the limit");
    }
    return header;
}

bool head_is_whole(std::string_view raw, const RecordHeader& header, std::string_view body,
                   const ArchiveId& archive) {
    return head_crc(raw, body, archive) == header.head_crc;
}

Digest leaf_of(const RecordHeader& header, std::string_view body) {
    std::array<unsigned char, 22> identity{};
    store_little_u16(&identity[0], std::to_underlying(header.kind));
    store_little_u64(&identity[2], number(header.sequence));
    store_little_s64(&identity[10], header.time.time_since_epoch().count());
    store_little_u32(&identity[18], header.body_length);
    std::string leaf(reinterpret_cast<const char*>(identity.data()), identity.size());
    return leaf_hash(leaf.append(body));
}

}  // namespace mailhold::store::ledger
