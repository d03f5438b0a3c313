// Finding header fields.
#include "api/cli/headers.hpp"

#include "api/config/check.hpp"

namespace mailhold::cli {

std::string header_value(const indexer::mime::ParsedMessage& message, std::string_view name) {
    auto wanted = config::lower_case(name);
    for (const auto& field : message.root.fields)
        if (config::lower_case(field.name) == wanted) return field.value;
    return {};
}

}  // namespace mailhold::cli
