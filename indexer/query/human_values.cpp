// One function a kind of value: texts, states, spans of days, sizes.
#include "indexer/query/human_values.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "indexer/query/ascii.hpp"

namespace mailhold::indexer::query {
namespace {

using Answer = std::expected<QueryPtr, HumanError>;
using std::chrono::sys_days;

std::unexpected<HumanError> expected_value(std::string text) {
    return std::unexpected(HumanError{HumanError::Place::value, "expected " + std::move(text)});
}

template <class Number>
std::optional<Number> whole_number(std::string_view digits) {
    Number value{};
    const auto* end = digits.data() + digits.size();
    const auto [stopped, problem] = std::from_chars(digits.data(), end, value);
    if (problem != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

// The days that "2024", "2024-01" or "2024-01-31" names: [first, after).
struct Span {
    sys_days first, after;
};

std::optional<Span> span_of(std::string_view text) {
    using namespace std::chrono;
    const bool has_month = text.size() >= 7 && text[4] == '-';
    const bool has_day = text.size() == 10 && has_month && text[7] == '-';
    if (text.size() != 4 && !(text.size() == 7 && has_month) && !has_day) return std::nullopt;
    const auto y = whole_number<unsigned>(text.substr(0, 4));
    const auto m = has_month ? whole_number<unsigned>(text.substr(5, 2)) : 1U;
    const auto d = has_day ? whole_number<unsigned>(text.substr(8, 2)) : 1U;
    if (!y || !m || !d) return std::nullopt;
    const year_month_day begin{year(static_cast<int>(*y)), month(*m), day(*d)};
    if (!begin.ok()) return std::nullopt;
    const sys_days first{begin};
    if (has_day) return Span{first, first + days(1)};
    return Span{first, sys_days{has_month ? begin + months(1) : begin + years(1)}};
}

Answer date_key(std::string_view key, std::string_view text) {
    const auto span = span_of(text);
    if (!span)
        return expected_value(
            fmt::format("a date as {0}:2024-01-31, {0}:2024-01 or {0}:2024", key));
    const auto day = [](DateTest test, sys_days at) {
        return make(DateKey{DateField::internal, test, at});
    };
    if (key == "before") return day(DateTest::before, span->first);
    if (key == "after") return day(DateTest::since, span->after);
    if (span->after - span->first == std::chrono::days(1)) return day(DateTest::on, span->first);
    return make(And{{day(DateTest::since, span->first), day(DateTest::before, span->after)}});
}

Answer size_key(std::string_view key, std::string_view text) {
    std::uint64_t unit = 1;
    std::string_view digits = text;
    if (!text.empty()) {
        const auto letter = std::string_view("kmg").find(lower(text.back()));
        if (letter != std::string_view::npos) {
            unit = std::uint64_t{1} << (10 * (letter + 1));
            digits.remove_suffix(1);
        }
    }
    const auto count = whole_number<std::uint64_t>(digits);
    if (!count || *count > std::numeric_limits<std::uint64_t>::max() / unit) {
        return expected_value(fmt::format("a size as {0}:20000, {0}:500K or {0}:10M", key));
    }
    return make(
        SizeKey{key == "larger" ? SizeKey::Test::larger : SizeKey::Test::smaller, *count * unit});
}

Answer state_key(std::string_view text) {
    struct State {
        std::string_view name, flag;
        bool set;
    };
    static constexpr State states[] = {
        {"seen", "\\Seen", true},         {"read", "\\Seen", true},
        {"unseen", "\\Seen", false},      {"unread", "\\Seen", false},
        {"flagged", "\\Flagged", true},   {"unflagged", "\\Flagged", false},
        {"answered", "\\Answered", true}, {"unanswered", "\\Answered", false},
        {"draft", "\\Draft", true},       {"deleted", "\\Deleted", true},
    };
    for (const auto& state : states) {
        if (!equal_ignoring_case(state.name, text)) continue;
        const auto flag = make(FlagKey{std::string(state.flag)});
        return state.set ? flag : make(Not{flag});
    }
    return expected_value("one of is:seen, unseen, read, unread, flagged, answered, draft");
}

Answer header_key(const HumanValue& value) {
    if (value.name.empty()) return expected_value("a field's name, as header:List-Id=announce");
    return make(TextKey{TextScope::header, value.name, value.text});
}

}  // namespace

std::expected<QueryPtr, HumanError> human_key(std::string_view key, const HumanValue& value) {
    static constexpr std::pair<std::string_view, TextScope> scopes[] = {
        {"from", TextScope::from}, {"to", TextScope::to},
        {"cc", TextScope::cc},     {"bcc", TextScope::bcc},
        {"body", TextScope::body}, {"subject", TextScope::subject},
        {"text", TextScope::text}, {"filename", TextScope::filename},
    };
    for (const auto& [name, scope] : scopes) {
        if (key != name) continue;
        if (value.text.empty())
            return expected_value(fmt::format("a text, as {}:word or {}:\"two words\"", key, key));
        return make(TextKey{scope, {}, value.text});
    }
    if (key == "header") return header_key(value);
    if (key == "before" || key == "after" || key == "on") return date_key(key, value.text);
    if (key == "larger" || key == "smaller") return size_key(key, value.text);
    if (key == "is") return state_key(value.text);
    if (key == "attachment") {
        const auto status = text::status_named(lowered(value.text));
        if (!status)
            return expected_value(
                "one of attachment:indexed, truncated, encrypted, unsupported, failed");
        return make(AttachmentKey{status});
    }
    if (key == "has") {
        if (!equal_ignoring_case(value.text, "attachment")) return expected_value("has:attachment");
        return make(AttachmentKey{std::nullopt});
    }
    return std::unexpected(HumanError{
        HumanError::Place::key,
        fmt::format("no key \"{}:\"; there are from, to, cc, bcc, subject, body, text, filename, "
                    "header, has, attachment, is, in, "
                    "before, after, on, larger, smaller. Put quotes around text with a colon",
                    key)});
}

}  // namespace mailhold::indexer::query
