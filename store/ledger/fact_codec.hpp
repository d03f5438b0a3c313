// Facts and message descriptions to and from the bodies of records. Protobuf stays in
// fact_encode.cpp and fact_decode.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "store/facts.hpp"
#include "store/ledger/record.hpp"

namespace mailhold::store::ledger {

// What the payload of a record is: the exact octets of a message.
struct MessageStored {
    Digest digest;
    std::uint64_t size = 0;
    bool operator==(const MessageStored&) const = default;
};

struct EncodedBody {
    Kind kind{};
    std::string body;
};

EncodedBody encode_body(const MessageStored& message);
// Errc::limit when the fact is larger than a body may be.
Result<EncodedBody> encode_body(const Fact& fact);

struct UnknownKind {};
using Content = std::variant<MessageStored, Fact, UnknownKind>;
// Errc::corrupt when the body is not what its kind says.
Result<Content> decode_body(Kind kind, std::string_view body);

}  // namespace mailhold::store::ledger
