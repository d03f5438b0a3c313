// See unfold.hpp. One pass.
#include "indexer/text/unfold.hpp"

namespace mailhold::indexer::text {
namespace {

// Octets of a fold at the beginning, or 0.
std::size_t fold_length(std::string_view text) {
    const std::size_t line_end = text.starts_with("\r\n") ? 2 : text.starts_with('\n') ? 1 : 0;
    if (line_end == 0 || text.size() <= line_end) return 0;
    return text[line_end] == ' ' || text[line_end] == '\t' ? line_end + 1 : 0;
}

}  // namespace

std::string unfold_lines(std::string_view utf8) {
    std::string out;
    out.reserve(utf8.size());
    while (!utf8.empty()) {
        if (const auto fold = fold_length(utf8); fold > 0) {
            utf8.remove_prefix(fold);
            continue;
        }
        const bool escaped =
            utf8.size() > 1 && utf8[0] == '\\' && std::string_view("nN,;:\\").contains(utf8[1]);
        if (escaped) utf8.remove_prefix(1);
        out += escaped && (utf8[0] == 'n' || utf8[0] == 'N') ? '\n' : utf8[0];
        utf8.remove_prefix(1);
    }
    return out;
}

}  // namespace mailhold::indexer::text
