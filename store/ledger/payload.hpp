// Payloads: the octets of a message on their way into a record and out again. Packing compresses
// (zstd, unless it would not shrink); unpacking checks every step. A large message passes in
// pieces, never whole on the heap.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "store/base/blob.hpp"
#include "store/base/digest.hpp"
#include "store/base/error.hpp"
#include "store/ledger/fact_codec.hpp"
#include "store/ledger/record.hpp"

namespace mailhold::store::ledger {

struct Payload {
    Codec codec = Codec::none;
    Blob stored;
    std::uint32_t crc = 0;
};
// Any thread. Blocks for the processor, and for the spool folder when the message is large.
Result<Payload> pack(const Blob& octets, const std::filesystem::path& spool_folder);

// Hands over the octets that a record's payload stands for, in pieces, and checks them:
// Errc::corrupt when the stored bytes fail their checksum, do not decode, or are not the `expected`
// octets. Pieces already handed over are void then.
using Sink = std::function<Status(std::string_view)>;
Status unpack(const File& file, const Record& record, const MessageStored& expected,
              const Sink& sink);

// The stored bytes against their checksum alone.
Status check_stored(const File& file, const Record& record);

}  // namespace mailhold::store::ledger
