// Who may do what in a workspace (RFC 4314): its owner everything, others what its list grants.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/catalog/types.hpp"

namespace mailhold::store {

// Whoever asks: his name, and the groups that he belongs to.
struct Actor {
    std::string user;
    std::vector<std::string> groups{};
};

// A set of rights is a string of them in this order, each once.
inline constexpr std::string_view all_rights = "lrswipkxtea";
inline bool has(std::string_view rights, char right) {
    return rights.find(right) != std::string_view::npos;
}

// The rights that these letters name, in any order: "c" is "kx", and "d" is "te" (RFC 4314 2.1.1).
// nullopt where one is no right.
std::optional<std::string> rights_named(std::string_view letters);

// An identifier is a user's name, "$group" or "anyone"; with "-" before it its rights are taken
// away from what others grant (RFC 4314 2).
bool is_identifier(std::string_view text);

// What he may do there. Nobody takes the owner's rights away.
std::string rights_of(const Mailbox& workspace, const Actor& who);
// As a list grants.
std::string rights_of(const Acl& acl, const Actor& who);

// How much the workspaces of one user may hold together, whoever fills them. None: no limit.
struct Quota {
    std::optional<std::uint64_t> octets{}, messages{}, workspaces{};
    bool operator==(const Quota&) const = default;
};

// The right that it takes to change this flag.
char right_to_flag(std::string_view flag);
// Those of the flags that he may set.
FlagSet settable(FlagSet flags, std::string_view rights);

}  // namespace mailhold::store
