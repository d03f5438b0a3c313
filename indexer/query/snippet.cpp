#include "indexer/query/snippet.hpp"

#include <algorithm>

#include "indexer/query/tree.hpp"
#include "indexer/text/fold.hpp"

namespace mailhold::indexer::query {
namespace {

constexpr std::size_t most_folded = 256 << 10;  // octets of a text that are looked at
constexpr std::size_t most_needles = 100;

struct Collector {
    std::vector<std::string>& needles;
    std::size_t depth = 0;

    void collect(const Query& query) const {
        MAILHOLD_ASSERT(depth < max_depth);
        std::visit(Collector{needles, depth + 1}, query.node);
    }
    void operator()(const TextKey& key) const {
        auto needle = text::fold(key.needle);
        if (needle.find_first_not_of(' ') == std::string::npos) return;
        const bool known = std::ranges::find(needles, needle) != needles.end();
        if (!known && needles.size() < most_needles) needles.push_back(std::move(needle));
    }
    void operator()(const And& group) const {
        for (const auto& child : group.all) collect(*child);
    }
    void operator()(const Or& group) const {
        for (const auto& child : group.any) collect(*child);
    }
    template <class Key>
    void operator()(const Key&) const {}
};

bool begins_character(char octet) {
    return (octet & 0xc0) != 0x80;
}

// A text folded character by character, so that a place in it can be found in the original. Where
// folding looks at neighbours (the order of combining marks) a hit may go unmarked.
struct Folded {
    std::string text;
    std::vector<std::size_t> origin;  // of each octet, and the end

    explicit Folded(std::string_view original) {
        for (std::size_t at = 0; at < original.size();) {
            std::size_t end = at + 1;
            while (end < original.size() && !begins_character(original[end])) ++end;
            text += text::fold(original.substr(at, end - at));
            origin.resize(text.size(), at);
            at = end;
        }
        origin.push_back(original.size());
    }
};

struct Hit {
    std::size_t begin, end;  // in the original
};

std::vector<Hit> hits_in(const Folded& folded, const std::vector<std::string>& needles) {
    std::vector<Hit> hits;
    for (const auto& needle : needles) {
        for (auto at = folded.text.find(needle); at != std::string::npos;
             at = folded.text.find(needle, at + needle.size()))
            hits.push_back({folded.origin[at], folded.origin[at + needle.size()]});
    }
    std::ranges::sort(hits, {}, &Hit::begin);
    return hits;
}

std::size_t forward(std::string_view text, std::size_t from, std::size_t characters) {
    for (; from < text.size(); ++from) {
        if (begins_character(text[from]) && characters-- == 0) break;
    }
    return from;
}

std::size_t back(std::string_view text, std::size_t from, std::size_t characters) {
    while (from > 0 && characters > 0) {
        if (begins_character(text[--from])) --characters;
    }
    return from;
}

}  // namespace

std::vector<std::string> needles_of(const Query& query) {
    std::vector<std::string> needles;
    Collector{needles}.collect(query);
    return needles;
}

std::vector<Piece> snippet(std::string_view readable, const std::vector<std::string>& needles,
                           std::size_t most_characters) {
    auto looked_at = std::min(readable.size(), most_folded);
    while (looked_at < readable.size() && !begins_character(readable[looked_at])) ++looked_at;
    const auto hits = hits_in(Folded(readable.substr(0, looked_at)), needles);
    std::size_t begin = 0;
    if (!hits.empty()) {
        begin = back(readable, hits.front().begin, most_characters / 3);
        const auto blank = readable.find(' ', begin);  // whole words where that loses no hit
        if (begin > 0 && blank < hits.front().begin) begin = blank + 1;
    }
    const auto end = forward(readable, begin, most_characters);
    std::vector<Piece> pieces;
    std::size_t at = begin;
    const auto add = [&](std::size_t to, bool hit) {
        if (to > at) pieces.push_back({std::string(readable.substr(at, to - at)), hit});
        at = std::max(at, to);
    };
    for (const auto& hit : hits) {
        if (hit.begin >= end) break;
        if (hit.end <= at) continue;
        if (hit.begin > at) add(hit.begin, false);
        add(std::min(hit.end, end), true);
    }
    add(end, false);
    return pieces;
}

}  // namespace mailhold::indexer::query
