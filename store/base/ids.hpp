// Ids are types, so that a UID cannot be passed where a message number is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace mailhold {

enum class Sequence : std::uint64_t {};  // a ledger record; the first is 0, as Merkle leaves count
enum class MessageNumber : std::uint32_t {
};  // a distinct message in the archive, dense from 1 in ledger order
enum class MailboxId : std::uint32_t {};    // a local mailbox, as the catalog numbers them
enum class FlagSetId : std::uint32_t {};    // a distinct set of flags, as the catalog numbers them
enum class Uid : std::uint32_t {};          // RFC 3501 2.3.1.1; 0 is no UID
enum class UidValidity : std::uint32_t {};  // RFC 3501 2.3.1.1
enum class ModSeq : std::uint64_t {};       // RFC 7162; 0 where the origin has none

template <class Id>
    requires std::is_enum_v<Id>
constexpr auto number(Id id) {
    return std::to_underlying(id);
}

}  // namespace mailhold
