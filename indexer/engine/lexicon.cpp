// One walk over each segment per question; a closed edge is the line end that stands around each
// token, or the end of the name before it.
#include "indexer/engine/lexicon.hpp"

#include <algorithm>

#include "indexer/engine/scan.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::size_t first_segment = 64 * 1024;
constexpr std::size_t largest_segment = 4 << 20;

std::size_t place_of(TermField field) {
    return static_cast<std::size_t>(std::ranges::find(term_fields, field) - term_fields.begin());
}

}  // namespace

void Lexicon::add(std::string_view terms) {
    const std::lock_guard lock(mutex_);
    while (!terms.empty()) {
        const auto end = terms.find('\n');
        const auto term = terms.substr(0, end);
        terms = end == std::string_view::npos ? std::string_view() : terms.substr(end + 1);
        if (term.empty()) continue;
        const auto place = place_of(static_cast<TermField>(term.front()));
        if (place < term_fields.size()) append(place, term.substr(1));
    }
}

void Lexicon::append(std::size_t field, std::string_view token) {
    auto& all = segments_[field];
    if (all.empty() || all.back().capacity - all.back().used < token.size() + 1) {
        const auto grown = all.empty() ? first_segment : 2 * all.back().capacity;
        const auto capacity = std::max(std::min(grown, largest_segment), token.size() + 2);
        all.push_back({std::make_unique_for_overwrite<char[]>(capacity), 1, capacity});
        all.back().octets[0] = '\n';
    }
    auto& segment = all.back();
    token.copy(segment.octets.get() + segment.used, token.size());
    segment.used += token.size();
    segment.octets[segment.used++] = '\n';
}

std::vector<std::string_view> Lexicon::segments(std::size_t field) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string_view> views;
    for (const auto& segment : segments_[field])
        views.emplace_back(segment.octets.get(), segment.used);
    return views;
}

Lexicon::Found Lexicon::find(TermField field, std::string_view part, Edge before, Edge after,
                             std::size_t most) const {
    const bool named = has_name(field);
    std::string pattern;
    if (before == Edge::closed) pattern += named ? name_end : '\n';
    pattern += part;
    if (after == Edge::closed) pattern += '\n';

    const OctetFinder finder(std::move(pattern));
    Found found;
    for (const auto flat : segments(place_of(field))) {
        for (auto at = finder.find(flat, 0); at != flat.npos;) {
            const auto place = at + (before == Edge::closed ? 1 : 0);
            const auto begin = flat.rfind('\n', place - 1) + 1;
            const auto stop = flat.find('\n', place);
            const auto token = flat.substr(begin, stop - begin);
            if (named && token.find(name_end) >= place - begin) {  // in the name
                at = finder.find(flat, begin + token.find(name_end));
                continue;
            }
            if (found.tokens.size() == most) {
                found.complete = false;
                return found;
            }
            found.tokens.push_back(token);
            at = finder.find(flat, stop);
        }
    }
    return found;
}

std::vector<std::string> Lexicon::terms() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < term_fields.size(); ++i) {
        for (const auto flat : segments(i)) {
            for (std::size_t at = 1; at < flat.size();) {
                const auto end = flat.find('\n', at);
                out.push_back(static_cast<char>(term_fields[i]) +
                              std::string(flat.substr(at, end - at)));
                at = end + 1;
            }
        }
    }
    std::ranges::sort(out);
    return out;
}

std::size_t Lexicon::octets() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < term_fields.size(); ++i)
        for (const auto flat : segments(i)) sum += flat.size();
    return sum;
}

}  // namespace mailhold::indexer::engine
