// Tokens of what people write become terms, a field each; headers as a whole go into a signature.
#include "indexer/engine/document.hpp"

#include <algorithm>
#include <string_view>

#include "indexer/engine/lexicon.hpp"
#include "indexer/engine/signature.hpp"
#include "indexer/engine/tokens.hpp"

namespace mailhold::indexer::engine {
namespace {

class TermCollector {
  public:
    void add(TermField field, std::string_view folded) {
        std::vector<std::string_view> tokens;
        for (const auto& run : runs(folded)) {
            if (run.kind == RunKind::dense) {
                const auto grams = pairs(run.text);
                tokens.insert(tokens.end(), grams.begin(), grams.end());
            } else if (is_machine_made(run.text)) {
                machine_made_.add_text(run.text);
            } else {
                tokens.push_back(run.text);
            }
        }
        std::ranges::sort(tokens);
        const auto rest = std::ranges::unique(tokens);
        tokens.erase(rest.begin(), rest.end());
        for (const auto token : tokens) {
            if (terms_.size() >= most_terms) {
                too_many_ = true;
                return;
            }
            terms_.push_back(static_cast<char>(field) + std::string(token));
        }
    }

    void finish(Document& document) {
        if (too_many_) terms_.emplace_back(always_candidate);
        std::ranges::sort(terms_);
        const auto rest = std::ranges::unique(terms_);
        terms_.erase(rest.begin(), rest.end());
        document.terms = std::move(terms_);
        document.word_signature = machine_made_.finish();
    }

  private:
    std::vector<std::string> terms_;
    SignatureBuilder machine_made_;
    bool too_many_ = false;
};

std::optional<TermField> field_of(std::string_view header_name) {
    if (header_name == "subject") return TermField::subject;
    if (header_name == "from") return TermField::from;
    if (header_name == "to") return TermField::to;
    if (header_name == "cc") return TermField::cc;
    if (header_name == "bcc") return TermField::bcc;
    return std::nullopt;
}

}  // namespace

Document describe(const text::SearchText& text) {
    Document document;
    TermCollector terms;
    SignatureBuilder header;
    header.add_text(text.header);
    header.add_text(text.mime_headers);
    for (const auto& field : text.fields) {
        header.add_name(field.name);
        header.add_text(field.value);
        if (const auto kind = field_of(field.name)) terms.add(*kind, field.value);
    }
    terms.add(TermField::filename, text.filenames);
    terms.add(TermField::body, text.body);
    terms.add(TermField::attachment, text.attachments);  // last: what is too much is left out here
    terms.finish(document);
    document.header_signature = header.finish();
    document.facts = encode(facts_of(text));
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

// One printable octet: bit 0 for the attachment, then one for each status; then, where there is a date, its days since 1970, four octets, low
// first.
std::string encode(const Facts& facts) {
    std::string out(1, static_cast<char>('@' | (facts.attachment ? 1 : 0) | facts.statuses << 1));
    if (facts.sent) {
        const auto days = static_cast<std::uint32_t>(facts.sent->time_since_epoch().count());
        for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(days >> shift & 0xff);
    }
    return out;
}

Facts decode_facts(std::string_view octets) {
    Facts facts;
    const unsigned bits = octets.empty() ? 0U : static_cast<unsigned char>(octets.front()) & 0x3fU;
    facts.attachment = (bits & 1U) != 0;
    facts.statuses = static_cast<std::uint8_t>(bits >> 1);
    if (octets.size() == 5) {
        std::uint32_t days = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            days |= std::uint32_t{static_cast<unsigned char>(octets[i + 1])} << (8 * i);
        }
        facts.sent = std::chrono::sys_days(std::chrono::days(static_cast<std::int32_t>(days)));
    }
    return facts;
}

}  // namespace mailhold::indexer::engine
