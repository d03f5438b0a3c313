// See tokens.hpp for why the runs of a needle find all of its texts.
#include "indexer/engine/planner.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "indexer/engine/document.hpp"
#include "indexer/query/ascii.hpp"

namespace mailhold::indexer::engine {
namespace {

using query::TextScope;

constexpr std::array body_fields{TermField::body};
constexpr std::array subject_fields{TermField::subject};
constexpr std::array filename_fields{TermField::filename};
constexpr std::array attachment_fields{TermField::attachment};
constexpr std::array named_fields{TermField::header};
constexpr std::array value_fields{TermField::from, TermField::to, TermField::cc, TermField::bcc,
                                  TermField::value};
constexpr std::array all_header_fields{TermField::header, TermField::subject, TermField::from,
                                       TermField::to,     TermField::cc,      TermField::bcc,
                                       TermField::value};

bool is_open(const Run& run) {
    return run.at_begin || run.at_end;
}
Lexicon::Edge edge(bool open) {
    return open ? Lexicon::Edge::open : Lexicon::Edge::closed;
}
std::string term_of(TermField field, std::string_view token) {
    return static_cast<char>(field) + std::string(token);
}

bool is_scanned(const Run& run) {
    return is_open(run) && run.kind == RunKind::word;
}

// Exact lookups first, then the longest (hence rarest) parts.
bool cheaper(const Run& a, const Run& b) {
    const bool scan_a = is_scanned(a);
    const bool scan_b = is_scanned(b);
    return scan_a != scan_b ? scan_b : a.text.size() > b.text.size();
}

}  // namespace

ShardAnswer Planner::answer(const query::TextKey& key, std::string_view needle) const {
    switch (key.scope) {
        case TextScope::body:
            return in_region(region_of(TermField::body), needle);
        case TextScope::filename:
            return in_region(region_of(TermField::filename), needle);
        case TextScope::attachment:
            return in_region(region_of(TermField::attachment), needle);
        case TextScope::text:
            return in_text(needle);
        case TextScope::header:
            return in_header(query::lowered(key.header_name), needle);
        case TextScope::subject:
            return in_header("subject", needle);
        case TextScope::from:
            return in_header("from", needle);
        case TextScope::to:
            return in_header("to", needle);
        case TextScope::cc:
            return in_header("cc", needle);
        case TextScope::bcc:
            return in_header("bcc", needle);
    }
    return {std::nullopt, DocSet(last_)};
}

Planner::Region Planner::region_of(TermField field) {
    switch (field) {
        case TermField::body:
            return {body_fields, {}, FilterKind::body, false, true};
        case TermField::filename:
            return {filename_fields, {}, FilterKind::body};
        case TermField::attachment:
            return {attachment_fields, {}, FilterKind::body, false, true};
        case TermField::subject:
            return {subject_fields, {}, {}};
        case TermField::from:
        case TermField::to:
        case TermField::cc:
        case TermField::bcc:
        case TermField::value:
        case TermField::header:
            break;
    }
    return {all_header_fields, {}, FilterKind::header, true};
}

ShardAnswer Planner::in_text(std::string_view needle) const {
    auto sum = in_region(region_of(TermField::body), needle);
    const auto header = in_region(region_of(TermField::header), needle);
    sum.certain |= header.certain;
    if (sum.maybe && header.maybe) {
        *sum.maybe |= *header.maybe;
    } else {
        sum.maybe.reset();
    }
    return sum;
}

ShardAnswer Planner::in_header(std::string_view name, std::string_view needle) const {
    if (is_odd_name(name)) return {std::nullopt, DocSet(last_)};
    if (needle.empty()) {
        ShardAnswer answer{DocSet(last_), DocSet(last_)};
        add_term(answer.certain, header_term(name, {}));
        *answer.maybe |= answer.certain;
        add_term(*answer.maybe, always_candidate);
        return answer;
    }
    if (name == "subject") return in_region(region_of(TermField::subject), needle);
    if (const auto valued = value_field(name)) return in_values(*valued, name, needle);
    // The words stand in some field without a name of its own, and this field is there.
    auto answer = in_region({named_fields, "", FilterKind::header, is_machine_field(name)}, needle);
    DocSet with_field(last_);
    add_term(with_field, header_term(name, {}));
    add_term(with_field, always_candidate);
    answer.certain = DocSet(last_);
    if (answer.maybe) {
        *answer.maybe &= with_field;
    } else {
        answer.maybe = std::move(with_field);
    }
    return answer;
}

// Some message's value holds the needle, or its words do where the value is indexed by them.
ShardAnswer Planner::in_values(TermField field, std::string_view name,
                               std::string_view needle) const {
    const auto whole =
        with_part({std::span(&field, 1), name, {}}, {RunKind::word, needle, true, true});
    DocSet worded(last_);
    add_term(worded, worded_term(name));
    add_term(worded, always_candidate);
    ShardAnswer answer{whole.maybe, whole.tokens};
    if (!answer.maybe || worded.count() == 0) return answer;
    const auto by_words = in_region({named_fields, name, FilterKind::header}, needle);
    if (by_words.maybe) worded &= *by_words.maybe;
    *answer.maybe |= worded;
    return answer;
}

ShardAnswer Planner::in_region(const Region& region, std::string_view needle) const {
    ShardAnswer answer{std::nullopt, DocSet(last_)};
    const auto in_order = runs(needle);
    // A token that holds all of the needle: the documents that have it do match.
    const bool one_token = in_order.size() == 1 && in_order.front().text == needle &&
                           (in_order.front().kind == RunKind::word || pairs(needle).size() == 1);
    auto parts = in_order;
    std::ranges::sort(parts, cheaper);
    bool asked_borders = false;
    for (const auto& part : parts) {
        if (answer.maybe && answer.maybe->count() <= few_enough(part, asked_borders)) break;
        auto found = with_run(region, part);
        if (one_token) answer.certain = std::move(found.tokens);
        if (!found.maybe) continue;
        if (answer.maybe) {
            *answer.maybe &= *found.maybe;
        } else {
            answer.maybe = std::move(found.maybe);
        }
        // They cost less than the unions to come, and leave little to these.
        if (region.borders && !asked_borders && answer.maybe->count() > few_documents) {
            narrow_by_borders(*answer.maybe, in_order);
            asked_borders = true;
        }
    }
    if (region.in_headers() && !region.name && in_order.size() > 1)
        answer.certain |=
            with_part({value_fields, {}, {}}, {RunKind::word, needle, true, true}).tokens;
    if (answer.maybe) add_term(*answer.maybe, always_candidate);
    return answer;
}

Planner::Narrowed Planner::with_run(const Region& region, const Run& run) const {
    if (run.kind == RunKind::dense && !(is_open(run) && code_points(run.text).size() == 1))
        return with_pairs(region, run.text);
    auto found = with_part(region, run);
    if (run.kind == RunKind::dense) return found;
    if (!region.filter || !found.maybe) return found;
    const bool short_run = run.text.size() < shortest_entry;
    const bool machine_made =
        is_machine_made(run.text) || (region.in_headers() && is_machine_made_in_header(run.text));
    if (is_open(run) || machine_made || (region.machine_fields && !short_run))
        add_filtered(*found.maybe, *region.filter, run.text);
    return found;
}

Planner::Narrowed Planner::with_part(const Region& region, const Run& run) const {
    std::vector<std::string> terms;
    bool complete = true;
    const bool whole = !is_open(run);
    for (const auto field : region.fields) {
        const bool in_value = is_value(field);
        if (whole && !in_value && field != TermField::header) {
            terms.push_back(term_of(field, run.text));
            continue;
        }
        if (whole && !in_value && region.name) {
            terms.push_back(header_term(*region.name, run.text));
            continue;
        }
        const auto found =
            shard_.lexicon().find(field, run.text, edge(in_value || run.at_begin),
                                  edge(in_value || run.at_end), most_union_tokens - terms.size());
        complete = complete && found.complete;
        for (const auto token : found.tokens) {
            const bool right_name = !has_name(field) || !region.name ||
                                    token.substr(0, token.find(name_end)) == *region.name;
            if (right_name) terms.push_back(term_of(field, token));
        }
    }
    return with_tokens(std::move(terms), complete);
}

std::size_t Planner::few_enough(const Run& next, bool asked_borders) const {
    if (!is_scanned(next)) return few_documents;
    return std::max<std::size_t>(few_documents, last_ / (asked_borders ? 64 : 2048));
}

// The union of the terms' documents. Short tokens first: they stand in many, and once all are in,
// the rest adds nothing.
Planner::Narrowed Planner::with_tokens(std::vector<std::string> terms, bool complete) const {
    std::ranges::sort(terms, {}, &std::string::size);
    Narrowed out{std::nullopt, DocSet(last_)};
    std::size_t missing = last_;
    std::size_t postings = 0;
    for (const auto& term : terms) {
        for (auto at = shard_.terms().postlist_begin(term); at != shard_.terms().postlist_end(term);
             ++at) {
            if (out.tokens.insert(*at)) --missing;
            if (++postings == most_union_postings || patience_.is_lost()) return out;
        }
        if (missing <= few_documents && missing < last_ / 64) return out;
    }
    if (complete) out.maybe = out.tokens;
    return out;
}

Planner::Narrowed Planner::with_pairs(const Region& region, std::string_view dense_run) const {
    const auto all = pairs(dense_run);
    std::optional<Narrowed> sum;
    for (std::size_t i = 0; i < std::min(all.size(), most_pairs); ++i) {
        auto found = with_part(region, {RunKind::dense, all[i], false, false});
        if (!found.maybe) continue;
        if (sum) {
            *sum->maybe &= *found.maybe;
        } else {
            sum = std::move(found);
        }
    }
    if (!sum) return {std::nullopt, DocSet(last_)};
    sum->tokens = *sum->maybe;
    return *sum;
}

void Planner::add_term(DocSet& to, const std::string& term) const {
    const auto& terms = shard_.terms();
    for (auto at = terms.postlist_begin(term);
         at != terms.postlist_end(term) && !patience_.is_lost(); ++at)
        to.insert(*at);
}

void Planner::add_filtered(DocSet& to, FilterKind kind, std::string_view word) const {
    auto rest = DocSet::full(last_);
    for (std::size_t i = 0; i < rest.words().size(); ++i) rest.words()[i] &= ~to.words()[i];
    shard_.view().narrow(rest, trigram_probe(kind, word));
    to |= rest;
}

void Planner::narrow_by_borders(DocSet& set, const std::vector<Run>& parts) const {
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto& before = parts[i - 1];
        const auto& after = parts[i];
        const auto probe = border_probe(before.text, before.at_begin, after.text, after.at_end);
        if (!probe.parts.empty()) shard_.view().narrow(set, probe);
    }
}

}  // namespace mailhold::indexer::engine
