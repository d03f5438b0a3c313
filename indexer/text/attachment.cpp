// The names of the states, as people search for them.
#include "indexer/text/attachment.hpp"

#include <algorithm>
#include <array>

namespace mailhold::indexer::text {
namespace {

constexpr std::array<std::string_view, extract_statuses> names = {
    "indexed", "truncated", "encrypted", "unsupported", "failed"};

}  // namespace

std::string_view name_of(ExtractStatus status) {
    return names.at(static_cast<std::size_t>(status));
}

std::optional<ExtractStatus> status_named(std::string_view name) {
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<ExtractStatus>(found - names.begin());
}

}  // namespace mailhold::indexer::text
