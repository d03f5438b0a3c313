// See tokens.hpp for why the runs of a needle find all of its texts.
#include "indexer/engine/planner.hpp"

#include <algorithm>
#include <string>

#include "indexer/engine/document.hpp"
#include "indexer/engine/xapian_wall.hpp"
#include "indexer/query/ascii.hpp"

namespace mailhold::indexer::engine {
namespace {

using query::TextScope;

bool is_open(const Run& run) {
    return run.at_begin || run.at_end;
}
Lexicon::Edge edge(bool open) {
    return open ? Lexicon::Edge::open : Lexicon::Edge::closed;
}
std::string term_of(TermField field, std::string_view token) {
    return static_cast<char>(field) + std::string(token);
}

// Exact lookups first, then the longest (hence rarest) parts.
bool cheaper(const Run& a, const Run& b) {
    const bool scan_a = is_open(a) && a.kind == RunKind::word;
    const bool scan_b = is_open(b) && b.kind == RunKind::word;
    return scan_a != scan_b ? scan_b : a.text.size() > b.text.size();
}

}  // namespace

ShardAnswer Planner::answer(const query::TextKey& key, std::string_view needle) const {
    switch (key.scope) {
        case TextScope::body:
            return in_field(TermField::body, needle);
        case TextScope::filename:
            return in_field(TermField::filename, needle);
        case TextScope::attachment:
            return in_field(TermField::attachment, needle);
        case TextScope::header:
            return header(query::lowered(key.header_name), needle);
        case TextScope::subject:
            return needle.empty() ? header("subject", needle)
                                  : in_field(TermField::subject, needle);
        case TextScope::from:
            return needle.empty() ? header("from", needle) : in_field(TermField::from, needle);
        case TextScope::to:
            return needle.empty() ? header("to", needle) : in_field(TermField::to, needle);
        case TextScope::cc:
            return needle.empty() ? header("cc", needle) : in_field(TermField::cc, needle);
        case TextScope::bcc:
            return needle.empty() ? header("bcc", needle) : in_field(TermField::bcc, needle);
        case TextScope::text: {
            auto sum = in_field(TermField::body, needle);
            if (!sum.maybe) return sum;
            const auto in_header = header(std::nullopt, needle);
            if (in_header.maybe) {
                *sum.maybe |= *in_header.maybe;
            } else {
                sum.maybe.reset();
            }
            return sum;
        }
    }
    return {std::nullopt, DocSet(last_)};
}

ShardAnswer Planner::in_field(TermField field, std::string_view needle) const {
    ShardAnswer answer{std::nullopt, DocSet(last_)};
    auto parts = runs(needle);
    // A token that holds all of the needle: the documents that have it do match.
    const bool one_token = parts.size() == 1 && parts.front().text == needle &&
                           (parts.front().kind == RunKind::word || pairs(needle).size() == 1);
    std::ranges::sort(parts, cheaper);
    for (const auto& part : parts) {
        if (answer.maybe && answer.maybe->count() <= few_documents) break;
        auto found = with_run(field, part);
        if (one_token) answer.certain = std::move(found.tokens);
        if (!found.maybe) continue;
        if (answer.maybe) {
            *answer.maybe &= *found.maybe;
        } else {
            answer.maybe = std::move(found.maybe);
        }
    }
    if (answer.maybe) *answer.maybe |= with_term(always_candidate);
    return answer;
}

Planner::Narrowed Planner::with_run(TermField field, const Run& run) const {
    if (run.kind == RunKind::dense) {
        const auto all = pairs(run.text);
        if (code_points(run.text).size() == 1 && is_open(run)) return with_part(field, run);
        auto found = with_pairs(field, all);
        return {found, found};
    }
    auto found = [&]() -> Narrowed {
        if (is_open(run)) return with_part(field, run);
        if (is_machine_made(run.text)) return {DocSet(last_), DocSet(last_)};
        auto exact = with_term(term_of(field, run.text));
        return {exact, exact};
    }();
    if (found.maybe && (is_open(run) || is_machine_made(run.text))) {
        SignatureProbe probe;
        probe.need_text(run.text);
        *found.maybe |= with_signature(word_slot, probe);
    }
    return found;
}

Planner::Narrowed Planner::with_part(TermField field, const Run& run) const {
    const auto found =
        lexicon_.find(field, run.text, edge(run.at_begin), edge(run.at_end), most_union_tokens);
    Narrowed out{std::nullopt, DocSet(last_)};
    std::size_t postings = 0;
    for (const auto token : found.tokens) {
        const auto term = term_of(field, token);
        for (auto at = database_.postlist_begin(term); at != database_.postlist_end(term);
             ++at, ++postings) {
            if (postings == most_union_postings || patience_.is_lost()) return out;
            out.tokens.insert(*at);
        }
    }
    if (found.complete) out.maybe = out.tokens;
    return out;
}

DocSet Planner::with_pairs(TermField field, const std::vector<std::string_view>& all) const {
    DocSet sum = with_term(term_of(field, all.front()));
    for (std::size_t i = 1; i < std::min(all.size(), most_pairs); ++i)
        sum &= with_term(term_of(field, all[i]));
    return sum;
}

DocSet Planner::with_term(std::string_view term) const {
    DocSet found(last_);
    const std::string name(term);
    for (auto at = database_.postlist_begin(name);
         at != database_.postlist_end(name) && !patience_.is_lost(); ++at)
        found.insert(*at);
    return found;
}

ShardAnswer Planner::header(std::optional<std::string_view> name, std::string_view needle) const {
    SignatureProbe probe;
    if (name) probe.need_name(*name);
    probe.need_text(needle);
    if (probe.needs_nothing()) return {std::nullopt, DocSet(last_)};
    return {with_signature(header_slot, probe), DocSet(last_)};
}

DocSet Planner::with_signature(Xapian::valueno slot, const SignatureProbe& probe) const {
    DocSet found(last_);
    for (auto at = database_.valuestream_begin(slot);
         at != database_.valuestream_end(slot) && !patience_.is_lost(); ++at) {
        if (probe.may_be_in(*at)) found.insert(at.get_docid());
    }
    return found;
}

}  // namespace mailhold::indexer::engine
