#include "indexer/query/fuzzy.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "indexer/query/ascii.hpp"
#include "indexer/query/forms.hpp"
#include "indexer/query/human.hpp"
#include "indexer/query/tree.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/stem.hpp"
#include "indexer/text/words.hpp"

namespace mailhold::indexer::query {
namespace {

constexpr double subject_weight = 4;
constexpr double name_weight = 2;
constexpr double half_at = 3'000;  // octets of a body, where a hit counts half
constexpr double saturation = 2;

double body_weight(std::string_view body) {
    return half_at / (half_at + static_cast<double>(body.size()));
}

struct Word {
    text::Run run;
    std::optional<Forms> forms;  // of a word that is not looked for as it is
};

// Whether other forms of a word count: not where machines write for machines.
enum class Writer { people, machines };

Writer writer_of(const text::SearchField& field) {
    return text::is_machine_field(field.name) ? Writer::machines : Writer::people;
}

bool is_form(const text::Run& found, const Word& of, Writer writer) {
    if (of.run.kind == text::RunKind::dense)
        return found.text.find(of.run.text) != std::string_view::npos;
    return found.text == of.run.text ||
           (writer == Writer::people && of.forms && of.forms->has(found.text));
}

// How often the needle's words stand in a row.
double count(const std::vector<Word>& needle, std::string_view folded,
             Writer writer = Writer::people) {
    if (needle.empty()) return 0;
    std::size_t found = 0, matched = 0;
    const auto words = text::runs(folded);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (is_form(words[i], needle[matched], writer)) {
            if (++matched < needle.size()) continue;
            ++found;
        } else {
            i -= matched;  // the row may begin at any of its words
        }
        matched = 0;
    }
    return static_cast<double>(found);
}

}  // namespace

struct FuzzyText::Parts {
    explicit Parts(const text::SearchText& searched)
        : text(searched), stemmer(text::language_of(searched.body)) {}

    std::vector<Word> needle_of(std::string_view folded) const {
        std::vector<Word> words;
        for (const auto& run : text::runs(folded)) {
            words.push_back({run, std::nullopt});
            if (run.kind == text::RunKind::word) words.back().forms.emplace(run.text, stemmer);
        }
        return words;
    }
    double count_fields(const std::vector<Word>& needle, std::string_view name) const {
        double found = 0;
        for (const auto& field : text.fields) {
            if (equal_ignoring_case(field.name, name))
                found += count(needle, field.value, writer_of(field));
        }
        return found;
    }
    // In all fields; else as it is in what is none of their values.
    double count_header(const std::vector<Word>& needle) const {
        double found = 0;
        for (const auto& field : text.fields) found += count(needle, field.value, writer_of(field));
        return found > 0 ? found : count(needle, text.header, Writer::machines);
    }

    const text::SearchText& text;
    text::Stemmer stemmer;
};

FuzzyText::FuzzyText(const text::SearchText& text) : parts_(std::make_unique<Parts>(text)) {}
FuzzyText::~FuzzyText() = default;

double FuzzyText::hits(const TextKey& key, std::string_view folded_needle) const {
    const auto& text = parts_->text;
    const auto needle = parts_->needle_of(folded_needle);
    const auto field = [&](std::string_view name) {
        return name_weight * parts_->count_fields(needle, name);
    };
    const auto body = [&] { return body_weight(text.body) * count(needle, text.body); };
    switch (key.scope) {
        case TextScope::body:
            return body();
        case TextScope::text:
            return name_weight * parts_->count_header(needle) +
                   (subject_weight - name_weight) * parts_->count_fields(needle, "subject") +
                   name_weight * count(needle, text.mime_headers) + body();
        case TextScope::subject:
            return subject_weight * parts_->count_fields(needle, "subject");
        case TextScope::from:
            return field("from");
        case TextScope::to:
            return field("to");
        case TextScope::cc:
            return field("cc");
        case TextScope::bcc:
            return field("bcc");
        case TextScope::header:
            return field(key.header_name);
        case TextScope::filename:
            return name_weight * count(needle, text.filenames);
        case TextScope::attachment:
            return body_weight(text.attachments) * count(needle, text.attachments);
    }
    return 0;
}

QueryPtr fuzzy_key(const TextKey& key) {
    if (key.scope == TextScope::text) {
        const auto human = parse_human(key.needle);
        if (human && !human->mailbox) return fuzzy(human->query);
    }
    // Behind every second quote begins a phrase, elsewhere each word is for itself.
    And all;
    bool phrase = false;
    for (std::size_t at = 0; at <= key.needle.size(); phrase = !phrase) {
        const auto quote = std::min(key.needle.find('"', at), key.needle.size());
        const auto piece = text::fold(std::string_view(key.needle).substr(at, quote - at));
        at = quote + 1;
        const auto words = text::runs(piece);
        const auto add = [&](std::string needle) {
            all.all.push_back(
                make(TextKey{key.scope, key.header_name, std::move(needle), Matching::fuzzy}));
        };
        if (phrase && !words.empty()) add(piece);
        if (phrase) continue;
        for (const auto& word : words) add(std::string(word.text));
    }
    if (all.all.empty()) return make(key);
    return all.all.size() == 1 ? all.all.front() : make(std::move(all));
}

QueryPtr fuzzy(const QueryPtr& query) {
    return with_text_keys(query, [](const QueryPtr&, TextKey key) {
        if (!text::runs(text::fold(key.needle)).empty()) key.matching = Matching::fuzzy;
        return make(std::move(key));
    });
}

namespace {

// Sums up the fuzzy keys that count for a message; those below a NOT do not.
struct Sum {
    const FuzzyText& text;
    double& points;
    std::size_t& keys;
    std::size_t depth = 0;

    void add(const Query& query) const {
        MAILHOLD_ASSERT(depth < max_depth);
        std::visit(Sum{text, points, keys, depth + 1}, query.node);
    }
    void operator()(const TextKey& key) const {
        if (key.matching != Matching::fuzzy) return;
        const double hits = text.hits(key, text::fold(key.needle));
        if (hits <= 0) return;
        points += hits / (hits + saturation);
        ++keys;
    }
    void operator()(const And& group) const {
        for (const auto& child : group.all) add(*child);
    }
    void operator()(const Or& group) const {
        for (const auto& child : group.any) add(*child);
    }
    template <class Key>
    void operator()(const Key&) const {}
};

}  // namespace

std::uint8_t relevance(const Query& query, const text::SearchText& text) {
    double points = 0;
    std::size_t keys = 0;
    const FuzzyText fuzzy(text);
    Sum{fuzzy, points, keys}.add(query);
    if (keys == 0) return 100;
    const double mean = 100 * points / static_cast<double>(keys);
    return static_cast<std::uint8_t>(std::clamp(std::lround(mean), 1L, 100L));
}

}  // namespace mailhold::indexer::query
