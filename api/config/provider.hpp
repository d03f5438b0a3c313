// Large mail providers and what they bear: defaults for an account, by the host of its URL. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mailhold::config {

// What the connections of an account may take of its origin together.
struct Manners {
    std::size_t connections = 4;
    std::size_t commands_per_second = 0;  // 0: no limit, for both
    std::size_t mib_per_day = 0;
    bool operator==(const Manners&) const = default;
};

// Of the provider that runs this host; the plain defaults for any other.
Manners manners_of(std::string_view host);

}  // namespace mailhold::config
