// One memmem over a flat text per question; a closed edge is the line end that stands around each
// token.
#include "indexer/engine/lexicon.hpp"

#include <algorithm>
#include <cstring>

namespace mailhold::indexer::engine {

void Lexicon::add(std::string_view terms) {
    while (!terms.empty()) {
        const auto end = terms.find('\n');
        const auto term = terms.substr(0, end);
        terms = end == std::string_view::npos ? std::string_view() : terms.substr(end + 1);
        if (term.empty()) continue;
        const auto* field = std::ranges::find(term_fields, static_cast<TermField>(term.front()));
        if (field == term_fields.end()) continue;
        auto& flat = flat_[static_cast<std::size_t>(field - term_fields.begin())];
        if (flat.empty()) flat += '\n';
        flat += term.substr(1);
        flat += '\n';
    }
}

Lexicon::Found Lexicon::find(TermField field, std::string_view part, Edge before, Edge after,
                             std::size_t most) const {
    const auto* at = std::ranges::find(term_fields, field);
    const std::string& flat = flat_[static_cast<std::size_t>(at - term_fields.begin())];
    std::string pattern;
    if (before == Edge::closed) pattern += '\n';
    pattern += part;
    if (after == Edge::closed) pattern += '\n';

    Found found;
    const char* from = flat.data();
    const char* const end = flat.data() + flat.size();
    while (const void* hit =
               memmem(from, static_cast<std::size_t>(end - from), pattern.data(), pattern.size())) {
        const auto place = static_cast<std::size_t>(static_cast<const char*>(hit) - flat.data()) +
                           (before == Edge::closed ? 1 : 0);
        const auto begin = flat.rfind('\n', place - 1) + 1;
        const auto stop = flat.find('\n', place);
        if (found.tokens.size() == most) {
            found.complete = false;
            break;
        }
        found.tokens.push_back(std::string_view(flat).substr(begin, stop - begin));
        from = flat.data() + stop;
    }
    return found;
}

std::vector<std::string> Lexicon::terms() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < flat_.size(); ++i) {
        for (std::size_t at = 1; at < flat_[i].size();) {
            const auto end = flat_[i].find('\n', at);
            out.push_back(static_cast<char>(term_fields[i]) + flat_[i].substr(at, end - at));
            at = end + 1;
        }
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace mailhold::indexer::engine
