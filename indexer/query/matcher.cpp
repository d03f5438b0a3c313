// The exact comparisons. Everything is folded already, so a key matches where its needle is a
// substring.
#include "indexer/query/matcher.hpp"

#include <algorithm>
#include <cstring>

#include "indexer/query/ascii.hpp"
#include "indexer/query/evaluate.hpp"
#include "indexer/query/fuzzy.hpp"

namespace mailhold::indexer::query {
namespace {

// memmem is several times faster than string_view::find on long texts.
bool contains(std::string_view text, std::string_view needle) {
    return needle.empty() ||
           memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
}

bool field_contains(const text::SearchText& text, std::string_view name, std::string_view needle) {
    for (const auto& field : text.fields) {
        if (equal_ignoring_case(field.name, name) && contains(field.value, needle)) return true;
    }
    return false;
}

struct LeafMatch {
    const Leaf& leaf;
    const store::Entry& entry;
    const text::SearchText& text;

    bool operator()(const TextKey& key) const {
        if (key.matching == Matching::fuzzy) return FuzzyText(text).hits(key, leaf.needle) > 0;
        return text_matches(key, leaf.needle, text);
    }
    // A message without a readable Date field counts as sent when it arrived.
    bool operator()(const DateKey& key) const {
        return date_matches(key.test, local_day(text.sent.value_or(entry.internal_date)), key.day);
    }
    bool operator()(const AttachmentKey& key) const {
        if (!key.status) return !text.filenames.empty();
        return std::ranges::find(text.states, *key.status, &text::AttachmentState::status) !=
               text.states.end();
    }
};

}  // namespace

bool text_matches(const TextKey& key, std::string_view folded_needle,
                  const text::SearchText& text) {
    switch (key.scope) {
        case TextScope::body:
            return contains(text.body, folded_needle);
        case TextScope::text:
            return contains(text.header, folded_needle) ||
                   contains(text.mime_headers, folded_needle) || contains(text.body, folded_needle);
        case TextScope::subject:
            return field_contains(text, "subject", folded_needle);
        case TextScope::from:
            return field_contains(text, "from", folded_needle);
        case TextScope::to:
            return field_contains(text, "to", folded_needle);
        case TextScope::cc:
            return field_contains(text, "cc", folded_needle);
        case TextScope::bcc:
            return field_contains(text, "bcc", folded_needle);
        case TextScope::header:
            return field_contains(text, key.header_name, folded_needle);
        case TextScope::filename:
            return contains(text.filenames, folded_needle);
        case TextScope::attachment:
            return contains(text.attachments, folded_needle);
    }
    return false;
}

std::chrono::sys_days local_day(const ZonedSeconds& time) {
    return std::chrono::floor<std::chrono::days>(time.utc +
                                                 std::chrono::minutes(time.offset_minutes));
}

bool date_matches(DateTest test, std::chrono::sys_days day, std::chrono::sys_days wanted) {
    switch (test) {
        case DateTest::before:
            return day < wanted;
        case DateTest::on:
            return day == wanted;
        case DateTest::since:
            return day >= wanted;
    }
    return false;
}

text::HeadParts head_parts_of(const std::vector<Leaf>& leaves) {
    text::HeadParts parts{.fields = false, .header = false};
    for (const auto& leaf : leaves) {
        const auto* key = std::get_if<TextKey>(&leaf.key);
        if (key == nullptr) continue;
        if (key->matching == Matching::fuzzy) return {};
        switch (key->scope) {
            case TextScope::body:
            case TextScope::filename:
            case TextScope::attachment:
                break;
            case TextScope::text:
                parts.header = true;
                break;
            default:
                parts.fields = true;
        }
    }
    return parts;
}

bool leaf_matches(const Leaf& leaf, const store::Entry& entry, const text::SearchText& text) {
    return std::visit(LeafMatch{leaf, entry, text}, leaf.key);
}

struct Matcher::Compiled {
    explicit Compiled(const QueryPtr& query) : evaluator(simplify(query)) {}
    Evaluator evaluator;
};

Matcher::Matcher(QueryPtr query) : compiled_(std::make_unique<Compiled>(query)) {}
Matcher::~Matcher() = default;

bool Matcher::matches(const Subject& subject) const {
    const auto& evaluator = compiled_->evaluator;
    const Stretch alone{{subject.entry, 1},
                        subject.sequence,
                        subject.last_sequence,
                        subject.last_uid,
                        [&](const store::Entry&) -> const auto& { return *subject.flags; }};
    const auto place = all_places(alone);
    const auto cheap = evaluator.evaluate(
        alone, place, [&](std::size_t, const PlaceSet&) { return Decision{{}, place}; });
    if (cheap.maybe.none()) return cheap.yes.any();
    const text::SearchText& text = subject.text();
    const auto by_text = [&](std::size_t index, const PlaceSet&) {
        const auto& leaf = evaluator.leaves()[index];
        return Decision{leaf_matches(leaf, *subject.entry, text) ? place : PlaceSet(), {}};
    };
    return evaluator.evaluate(alone, place, by_text).yes.any();
}

}  // namespace mailhold::indexer::query
