#include "store/rights.hpp"

#include <algorithm>

namespace mailhold::store {
namespace {

constexpr std::string_view anyone = "anyone";

template <class Belongs>
std::string in_order(Belongs belongs) {
    std::string rights;
    std::ranges::copy_if(all_rights, std::back_inserter(rights), belongs);
    return rights;
}

bool names(std::string_view identifier, const Actor& who) {
    if (identifier.starts_with('$'))
        return std::ranges::find(who.groups, identifier.substr(1)) != who.groups.end();
    return identifier == anyone || identifier == who.user;
}

}  // namespace

std::optional<std::string> rights_named(std::string_view letters) {
    std::string wanted;
    for (const char letter : letters) {
        if (letter == 'c')
            wanted += "kx";
        else if (letter == 'd')
            wanted += "te";
        else if (has(all_rights, letter))
            wanted += letter;
        else
            return std::nullopt;
    }
    return in_order([&](char right) { return has(wanted, right); });
}

bool is_identifier(std::string_view text) {
    constexpr std::size_t longest = 200;
    const auto name = text.starts_with('-') ? text.substr(1) : text;
    return !name.empty() && !name.starts_with('-') && name != "$" && text.size() <= longest &&
           std::ranges::none_of(
               text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string rights_of(const Acl& acl, const Actor& who) {
    std::string granted, taken;
    for (const auto& [identifier, rights] : acl) {
        const bool negative = identifier.starts_with('-');
        if (names(std::string_view(identifier).substr(negative ? 1 : 0), who))
            (negative ? taken : granted) += rights;
    }
    return in_order([&](char right) { return has(granted, right) && !has(taken, right); });
}

std::string rights_of(const Mailbox& workspace, const Actor& who) {
    if (workspace.owner == who.user) return std::string(all_rights);
    return rights_of(workspace.acl, who);
}

char right_to_flag(std::string_view flag) {
    const auto is = [flag](std::string_view name) {
        return std::ranges::equal(flag, name, {},
                                  [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
    };
    return is("\\seen") ? 's' : is("\\deleted") ? 't' : 'w';
}

FlagSet settable(FlagSet flags, std::string_view rights) {
    std::erase_if(flags,
                  [&](const std::string& flag) { return !has(rights, right_to_flag(flag)); });
    return flags;
}

}  // namespace mailhold::store
