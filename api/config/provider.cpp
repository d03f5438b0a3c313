// The table. Where a provider publishes a limit we stay below it, as people's own mail programs share it;
// the rest are cautious numbers of ours.
#include "api/config/provider.hpp"

#include <string>

#include "api/config/check.hpp"

namespace mailhold::config {
namespace {

struct Provider {
    std::string_view domain;  // itself and all below it
    Manners manners;
};

constexpr Provider providers[] = {
    // 15 connections and 2,500 MB a day, by IMAP, for an account.
    {"gmail.com", {.connections = 5, .commands_per_second = 20, .mib_per_day = 2'000}},
    {"googlemail.com", {.connections = 5, .commands_per_second = 20, .mib_per_day = 2'000}},
    // Exchange Online throttles by a budget of its own, and says for how long.
    {"office365.com", {.connections = 4, .commands_per_second = 10}},
    {"outlook.com", {.connections = 4, .commands_per_second = 10}},
    {"hotmail.com", {.connections = 4, .commands_per_second = 10}},
    // Five connections from an address.
    {"yahoo.com", {.connections = 2, .commands_per_second = 10}},
    {"aol.com", {.connections = 2, .commands_per_second = 10}},
    {"icloud.com", {.connections = 3, .commands_per_second = 10}},
    {"mail.me.com", {.connections = 3, .commands_per_second = 10}},
    {"fastmail.com", {.connections = 4, .commands_per_second = 20}},
};

}  // namespace

Manners manners_of(std::string_view host) {
    const auto lower = lower_case(host);
    for (const auto& provider : providers) {
        if (lower == provider.domain || lower.ends_with("." + std::string(provider.domain)))
            return provider.manners;
    }
    return {};
}

}  // namespace mailhold::config
