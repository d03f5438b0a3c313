#include "indexer/engine/fuzzy_planner.hpp"

#include <limits>

#include "indexer/engine/document.hpp"
#include "indexer/query/ascii.hpp"
#include "indexer/query/forms.hpp"

namespace mailhold::indexer::engine {
namespace {

using query::TextScope;

// Reading one text takes as long as looking at so many tokens: the few messages of a language that
// is rare here are cheaper to read.
constexpr std::size_t tokens_a_text = 256;

const char* field_name(const query::TextKey& key) {
    switch (key.scope) {
        case TextScope::subject:
            return "subject";
        case TextScope::from:
            return "from";
        case TextScope::to:
            return "to";
        case TextScope::cc:
            return "cc";
        case TextScope::bcc:
            return "bcc";
        case TextScope::header:
            return key.header_name.c_str();
        case TextScope::body:
        case TextScope::text:
        case TextScope::filename:
        case TextScope::attachment:
            break;
    }
    return nullptr;
}

}  // namespace

FuzzyPlanner::FuzzyPlanner(const ShardReader& shard, const Patience& patience)
    : shard_(shard), patience_(patience), last_(shard.last()) {
    for (std::size_t i = 0; i < text::language_count; ++i) {
        const auto language = static_cast<text::Language>(i);
        if (!shard.terms().term_exists(language_term(language))) continue;
        spoken_.push_back({language, DocSet(last_)});
        add(spoken_.back().messages, language_term(language));
    }
}

std::vector<FuzzyPlanner::Region> FuzzyPlanner::regions(const query::TextKey& key) const {
    if (const auto* named = field_name(key)) {
        const auto name = query::lowered(named);
        if (name == "subject") return {{{TermField::subject}}};
        const auto valued = value_field(name);
        if (!valued)
            return {{{TermField::header},
                     "",
                     FilterKind::header,
                     is_machine_field(name),
                     header_term(name, {})}};
        return {{{*valued}, name},
                {{TermField::header}, name, FilterKind::header, false, worded_term(name)}};
    }
    if (key.scope == TextScope::filename) return {{{TermField::filename}, {}, FilterKind::body}};
    if (key.scope == TextScope::attachment)
        return {{{TermField::attachment}, {}, FilterKind::body}};
    std::vector<Region> all{{{TermField::body}, {}, FilterKind::body}};
    if (key.scope == TextScope::text)
        all.push_back({{TermField::header, TermField::subject, TermField::from, TermField::to,
                        TermField::cc, TermField::bcc, TermField::value},
                       {},
                       FilterKind::header,
                       true});
    return all;
}

ShardAnswer FuzzyPlanner::answer(const query::TextKey& key, std::string_view needle) const {
    if (const auto* name = field_name(key); name != nullptr && is_odd_name(query::lowered(name)))
        return {std::nullopt, DocSet(last_)};
    const auto words = text::runs(needle);
    ShardAnswer answer{DocSet(last_), DocSet(last_)};
    for (const auto& region : regions(key)) {
        auto row = DocSet::full(last_);  // each word stands there
        if (region.only_with) {
            row = DocSet(last_);
            add(row, *region.only_with);
        }
        for (const auto& word : words) {
            if (word.kind == text::RunKind::dense) {
                const auto part = Planner(shard_, patience_).answer(key, word.text);
                if (part.maybe) row &= *part.maybe;
                if (words.size() == 1) answer.certain |= part.certain;
            } else {
                const auto found = with_word(region, word.text);
                row &= found.maybe;
                if (words.size() == 1 && !region.only_with) answer.certain |= found.certain;
            }
        }
        if (!words.empty()) *answer.maybe |= row;
    }
    add(*answer.maybe, always_candidate);
    return answer;
}

FuzzyPlanner::Found FuzzyPlanner::with_word(const Region& region, std::string_view word) const {
    Found found{DocSet(last_), DocSet(last_)};
    for (const auto& term : terms(region, word, Lexicon::Edge::closed)) add(found.certain, term);
    found.maybe = found.certain;
    const bool in_header = region.filter == FilterKind::header;
    const bool machine_made = is_machine_made(word) ||
                              (in_header && is_machine_made_in_header(word)) ||
                              (region.machine_fields && word.size() >= shortest_entry);
    if (region.filter && machine_made) {
        auto filtered = DocSet::full(last_);
        shard_.view().narrow(filtered, trigram_probe(*region.filter, word));
        found.maybe |= filtered;
    }
    if (query::is_inflected(word)) add_forms(found, region, word);
    return found;
}

void FuzzyPlanner::add_forms(Found& found, const Region& region, std::string_view word) const {
    const auto all = terms(region, word.substr(0, 1), Lexicon::Edge::open);
    for (const auto& [language, messages] : spoken_) {
        if (messages.count() <= all.size() / tokens_a_text) {
            found.maybe |= messages;
            continue;
        }
        const text::Stemmer stemmer(language);
        const query::Forms forms(word, stemmer);
        DocSet sure(last_), others(last_);
        for (const auto& term : all) {
            if (patience_.is_lost()) return;
            if (forms.has(term.token)) add(term.of_people() ? sure : others, term);
        }
        sure &= messages;
        others &= messages;
        found.certain |= sure;
        found.maybe |= sure;
        found.maybe |= others;
    }
}

// Those of the region whose token begins so, or is this one.
std::vector<FuzzyPlanner::Term> FuzzyPlanner::terms(const Region& region, std::string_view begin,
                                                    Lexicon::Edge end) const {
    std::vector<Term> out;
    for (const auto field : region.fields) {
        const bool in_value = is_value(field);
        const auto found = shard_.lexicon().find(
            field, begin, in_value ? Lexicon::Edge::open : Lexicon::Edge::closed,
            in_value ? Lexicon::Edge::open : end, std::numeric_limits<std::size_t>::max());
        for (const auto entry : found.tokens) {
            const auto name = has_name(field) ? entry.find(name_end) : entry.npos;
            if (name != entry.npos && region.name && entry.substr(0, name) != *region.name)
                continue;
            const auto token = entry.substr(name + 1);  // all of it, where there is no name
            if (!in_value) {
                out.push_back({field, entry, token});
                continue;
            }
            for (const auto& word : text::runs(token)) {
                if (end == Lexicon::Edge::open ? word.text.starts_with(begin) : word.text == begin)
                    out.push_back({field, entry, word.text});
            }
        }
    }
    return out;
}

void FuzzyPlanner::add(DocSet& to, const Term& term) const {
    add(to, static_cast<char>(term.field) + std::string(term.text));
}

void FuzzyPlanner::add(DocSet& to, const std::string& term) const {
    const auto& terms = shard_.terms();
    for (auto at = terms.postlist_begin(term);
         at != terms.postlist_end(term) && !patience_.is_lost(); ++at)
        to.insert(*at);
}

}  // namespace mailhold::indexer::engine
