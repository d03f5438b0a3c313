// Ranks of TLS versions and of mechanisms, compared.
#include "imap/client/downgrade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace mailhold::imap::client {
namespace {

// Weakest first; what is not among them protects no password by itself.
constexpr std::string_view versions[] = {"TLSv1.2", "TLSv1.3"};
constexpr std::string_view scrams[] = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS",
                                       "SCRAM-SHA-256-PLUS"};

std::size_t tls_rank(std::string_view version) {
    const auto* const found = std::ranges::find(versions, version);
    return found == std::end(versions) ? 0
                                       : static_cast<std::size_t>(found - std::begin(versions)) + 1;
}

// Of scrams, plus one; 0: none is offered.
std::size_t best_mechanism(const Shown& shown) {
    for (std::size_t i = std::size(scrams); i > 0; --i)
        if (std::ranges::find(shown.mechanisms, scrams[i - 1]) != shown.mechanisms.end()) return i;
    return 0;
}

std::string_view or_none(std::string_view name) {
    return name.empty() ? "no TLS" : name;
}

}  // namespace

std::string less_than(const Shown& before, const Shown& now) {
    std::string less;
    if (tls_rank(now.tls) < tls_rank(before.tls))
        less = fmt::format("{}, where it was {}", or_none(now.tls), before.tls);
    const auto was = best_mechanism(before);
    const auto is = best_mechanism(now);
    if (is < was)
        less += fmt::format("{}{}, where it offered {}", less.empty() ? "" : "; ",
                            is == 0 ? "no SCRAM" : scrams[is - 1], scrams[was - 1]);
    return less;
}

std::string confirmation_of(const Shown& now) {
    return fmt::format("{} {}\n", or_none(now.tls), fmt::join(now.mechanisms, " "));
}

}  // namespace mailhold::imap::client
