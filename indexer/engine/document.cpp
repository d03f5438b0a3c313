// Tokens of what people write become terms, a field each; what machines write goes into the filter.
#include "indexer/engine/document.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <array>

#include "indexer/engine/tokens.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_term_word = 200;  // octets; Xapian takes no longer terms than 245

bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}

class Describer {
  public:
    void add_field(const text::SearchField& field) {
        if (!is_odd_name(field.name)) add_term(header_term(field.name, {}));
        const auto all = runs(field.value);
        for (const auto& run : all) covered_.insert(run.text);
        if (field.name == "subject") {
            add(TermField::subject, all);
        } else if (const auto valued = value_field(field.name)) {
            add_value(*valued, field, all);
        } else if (is_machine_field(field.name)) {
            for (const auto& run : all) {
                if (run.kind == RunKind::dense || run.text.size() < shortest_entry) {
                    add_header_run({}, run);
                } else {
                    headers_.add_trigrams(run.text);
                }
            }
        } else {
            for (const auto& run : all) add_header_run({}, run);
        }
    }

    // What a header's text has beyond the fields: names, lines that are no field.
    void add_header(std::string_view folded) {
        for (const auto& run : runs(folded)) {
            if (covered_.insert(run.text).second) add_header_run({}, run);
        }
    }

    void add_body(TermField field, std::string_view folded) {
        const auto all = runs(folded);
        add(field, all, &bodies_);
        if (field == TermField::filename) return;
        for (std::size_t i = 1; i < all.size(); ++i)
            borders_.add_border(all[i - 1].text, all[i].text);
    }

    void finish(Document& document, text::Language language) {
        terms_.push_back(language_term(language));
        if (always_candidate_) terms_.emplace_back(always_candidate);
        std::ranges::sort(terms_);
        const auto rest = std::ranges::unique(terms_);
        terms_.erase(rest.begin(), rest.end());
        document.terms = std::move(terms_);
        headers_.finish(document.filter);
        bodies_.finish(document.filter);
        borders_.finish(document.filter);
    }

  private:
    void add_value(TermField valued, const text::SearchField& field,
                   const std::vector<Run>& words) {
        if (field.value.empty()) return;
        if (is_whole_term(valued, field.value))
            return add_term(value_term(valued, field.name, field.value));
        add_term(worded_term(field.name));
        for (const auto& run : words) add_header_run(field.name, run);
    }

    // Without a collector machine-made words are terms too.
    void add(TermField field, const std::vector<Run>& all, EntryCollector* machine_made = nullptr) {
        added_.clear();
        const auto add_once = [&](std::string_view token) {
            if (added_.insert(token).second)
                add_term(static_cast<char>(field) + std::string(token));
        };
        for (const auto& run : all) {
            if (run.kind == RunKind::dense) {
                std::ranges::for_each(pairs(run.text), add_once);
            } else if (machine_made != nullptr && is_machine_made(run.text)) {
                machine_made->add_trigrams(run.text);
            } else if (run.text.size() > longest_term_word) {
                always_candidate_ = true;
            } else {
                add_once(run.text);
            }
        }
    }

    void add_header_run(std::string_view name, const Run& run) {
        if (run.kind == RunKind::dense) {
            for (const auto gram : pairs(run.text)) add_term(header_term(name, gram));
        } else if (is_machine_made_in_header(run.text)) {
            headers_.add_trigrams(run.text);
        } else {
            add_term(header_term(name, run.text));
        }
    }

    void add_term(std::string term) {
        if (terms_.size() >= most_terms) {
            always_candidate_ = true;
        } else {
            terms_.push_back(std::move(term));
        }
    }

    std::vector<std::string> terms_;
    boost::unordered_flat_set<std::string_view> covered_;  // words of the header
    boost::unordered_flat_set<std::string_view> added_;    // of one call of add()
    EntryCollector headers_{FilterKind::header};
    EntryCollector bodies_{FilterKind::body};
    EntryCollector borders_{FilterKind::borders};
    bool always_candidate_ = false;  // not all of its words are terms
};

constexpr char language_mark = 'L';

}  // namespace

std::string language_term(text::Language language) {
    return language_mark + std::string(text::code_of(language));
}

bool is_token(std::string_view term) {
    return term != always_candidate && term.front() != language_mark;
}

std::optional<TermField> value_field(std::string_view name) {
    static constexpr std::array<std::string_view, 7> others{
        "list-id", "reply-to", "sender", "delivered-to", "return-path", "x-mailer", "user-agent"};
    if (name == "from") return TermField::from;
    if (name == "to") return TermField::to;
    if (name == "cc") return TermField::cc;
    if (name == "bcc") return TermField::bcc;
    if (std::ranges::find(others, name) != others.end()) return TermField::value;
    return std::nullopt;
}

bool is_whole_term(TermField field, std::string_view value) {
    const auto is_control = [](unsigned char c) { return c < ' '; };
    if (value.size() > longest_term_word || std::ranges::any_of(value, is_control)) return false;
    return std::ranges::none_of(runs(value), [&](const Run& run) {
        return field == TermField::value ? is_machine_made_in_header(run.text)
                                         : is_machine_made(run.text);
    });
}

std::string value_term(TermField field, std::string_view name, std::string_view value) {
    std::string term(1, static_cast<char>(field));
    if (has_name(field)) (term += name) += name_end;
    return term += value;
}

std::string worded_term(std::string_view name) {
    return header_term(name, std::string_view(&name_end, 1));
}

bool is_machine_made_in_header(std::string_view word) {
    constexpr std::size_t longest_mixed = 5;
    constexpr std::size_t longest_number = 6;
    if (word.size() <= longest_mixed) return false;
    if (word.size() > longest_word) return true;
    const auto digits = std::ranges::count_if(word, is_digit);
    return digits != 0 &&
           (static_cast<std::size_t>(digits) < word.size() || word.size() > longest_number);
}

bool is_odd_name(std::string_view name) {
    return name.empty() || name.size() > longest_name ||
           std::ranges::any_of(name, [](unsigned char c) { return c <= ' ' || c >= 0x7f; });
}

std::string header_term(std::string_view name, std::string_view token) {
    std::string term(1, static_cast<char>(TermField::header));
    term += name;
    term += name_end;
    term += token;
    return term;
}

Document describe(const text::SearchText& text) {
    Document document;
    Describer describer;
    for (const auto& field : text.fields) describer.add_field(field);
    describer.add_header(text.header);
    describer.add_header(text.mime_headers);
    describer.add_body(TermField::filename, text.filenames);
    describer.add_body(TermField::body, text.body);
    describer.add_body(TermField::attachment,
                       text.attachments);  // last: what is too much is left out here
    describer.finish(document, text::language_of(text.body));
    document.facts = facts_of(text);
    return document;
}

Facts facts_of(const text::SearchText& text) {
    Facts facts;
    if (text.sent) {
        facts.sent = std::chrono::floor<std::chrono::days>(
            text.sent->utc + std::chrono::minutes(text.sent->offset_minutes));
    }
    facts.attachment = !text.filenames.empty();
    for (const auto& state : text.states) facts.statuses |= Facts::bit(state.status);
    return facts;
}

}  // namespace mailhold::indexer::engine
