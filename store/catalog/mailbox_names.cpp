#include "store/catalog/mailbox_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailhold::store::catalog {
namespace {

constexpr std::string_view division_slash = "\u2215";
constexpr std::string_view replacement = "\ufffd";

bool is_inbox(std::string_view level) {
    return std::ranges::equal(level, std::string_view("INBOX"), [](char given, char upper) {
        return given == upper || given == upper - 'A' + 'a';
    });
}

std::string local_level(std::string_view level) {
    std::string name;
    for (const char c : level) {
        if (c == '/')
            name += division_slash;
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            name += replacement;
        else
            name += c;
    }
    return name;
}

}  // namespace

std::string local_name(std::string_view origin_name, std::string_view separator) {
    std::string name;
    // The mirror's mark of a name in raw octets says nothing to people.
    if (origin_name.size() > replacement.size() && origin_name.ends_with(replacement))
        origin_name.remove_suffix(replacement.size());
    while (!origin_name.empty()) {
        const auto end = separator.empty()
                             ? origin_name.size()
                             : std::min(origin_name.find(separator), origin_name.size());
        const auto level = origin_name.substr(0, end);
        origin_name.remove_prefix(std::min(end + separator.size(), origin_name.size()));
        if (level.empty()) continue;
        if (name.empty() && is_inbox(level))
            name = "INBOX";
        else
            name += (name.empty() ? "" : "/") + local_level(level);
    }
    return name.empty() ? std::string(replacement) : name;
}

std::string free_name(const std::string& name,
                      const std::function<bool(const std::string&)>& taken) {
    std::string candidate = name;
    for (int copy = 2; taken(candidate); ++copy) candidate = fmt::format("{} ({})", name, copy);
    return candidate;
}

}  // namespace mailhold::store::catalog
