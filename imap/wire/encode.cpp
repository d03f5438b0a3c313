// Values and responses as text. Every form here is one that the strictest reader takes.
#include "imap/wire/encode.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "imap/wire/characters.hpp"
#include "imap/wire/dates.hpp"
#include "imap/wire/fetch_items.hpp"
#include "imap/wire/status_items.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {
namespace {

std::string in_quotes(std::string_view octets) {
    std::string text = "\"";
    for (const char c : octets) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text += '"';
}

bool breaks_line(char c) {
    return c == '\r' || c == '\n' || c == '\0';
}

std::string number_text(std::uint32_t number) {
    return number == star ? "*" : fmt::to_string(number);
}

const char* condition_text(Condition condition) {
    switch (condition) {
        case Condition::ok:
            return "OK";
        case Condition::no:
            return "NO";
        case Condition::bad:
            return "BAD";
        case Condition::preauth:
            return "PREAUTH";
        case Condition::bye:
            return "BYE";
    }
    return "BAD";
}

}  // namespace

bool can_be_quoted(std::string_view octets) {
    return octets.size() <= max_quoted &&
           std::ranges::none_of(octets, [](char c) { return is_eight_bit(c) || breaks_line(c); });
}

bool can_be_atom(std::string_view octets) {
    return !octets.empty() && octets.size() <= max_quoted &&
           std::ranges::all_of(octets, is_astring_char) && !equals_ignoring_case(octets, "NIL");
}

std::string quoted_text(std::string_view octets) {
    return in_quotes(octets);
}

std::string string_text(std::string_view octets) {
    if (can_be_quoted(octets)) return in_quotes(octets);
    return fmt::format("{{{}}}\r\n{}", octets.size(), octets);
}

std::string nstring_text(const NString& value) {
    return value ? string_text(*value) : "NIL";
}

std::string astring_text(std::string_view octets) {
    return can_be_atom(octets) ? std::string(octets) : string_text(octets);
}

std::string mailbox_text(std::string_view utf8_name, NameForm form) {
    if (form == NameForm::modified_utf7) return astring_text(to_modified_utf7(utf8_name));
    if (can_be_atom(utf8_name)) return std::string(utf8_name);
    // RFC 9051 5.1, RFC 6855 3: UTF-8 stands in a quoted string.
    const bool quotable =
        utf8_name.size() <= max_quoted && std::ranges::none_of(utf8_name, breaks_line);
    return quotable ? in_quotes(utf8_name) : string_text(utf8_name);
}

std::string set_text(const SequenceSet& set) {
    if (set == saved_result) return "$";
    std::string text;
    for (const auto& [first, last] : set) {
        if (!text.empty()) text += ',';
        text += number_text(first);
        if (first != last) text += ':' + number_text(last);
    }
    return text;
}

std::string range_text(const PartialRange& range) {
    const auto* sign = range.from_end ? "-" : "";
    return fmt::format("{0}{1}:{0}{2}", sign, range.first, range.last);
}

SequenceSet set_of(const std::vector<std::uint32_t>& ascending) {
    SequenceSet set;
    for (const auto number : ascending) {
        if (!set.empty() && number - set.back().second <= 1)
            set.back().second = number;
        else
            set.emplace_back(number, number);
    }
    return set;
}

std::string date_text(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return fmt::format("{}-{}-{:04}", static_cast<unsigned>(date.day()),
                       month_names[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

std::string date_time_text(const ZonedSeconds& time) {
    const auto local = time.utc + std::chrono::minutes(time.offset_minutes);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::hh_mm_ss clock(local - day);
    const std::chrono::hh_mm_ss zone(std::chrono::minutes(time.offset_minutes));
    return fmt::format("\"{:>11} {:02}:{:02}:{:02} {}{:02}{:02}\"", date_text(day),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       zone.is_negative() ? '-' : '+', zone.hours().count(),
                       zone.minutes().count());
}

std::string name_of(StatusItem item) {
    return std::string(status_item_names[static_cast<std::size_t>(item)]);
}

std::string flag_list_text(const std::vector<std::string>& flags) {
    return fmt::format("({})", fmt::join(flags, " "));
}

std::string section_name(const Section& section) {
    auto text = fmt::to_string(fmt::join(section.path, "."));
    if (!text.empty() && section.text != Section::Text::whole) text += '.';
    return text += section_text_names[static_cast<std::size_t>(section.text)];
}

std::string section_text(const Section& section) {
    if (section.fields.empty()) return section_name(section);
    std::vector<std::string> fields;
    for (const auto& field : section.fields) fields.push_back(astring_text(field));
    return fmt::format("{} ({})", section_name(section), fmt::join(fields, " "));
}

std::string write(const StatusResponse& response) {
    auto line = fmt::format("{} {} ", response.tag, condition_text(response.condition));
    if (const auto& code = response.code)
        line += fmt::format("[{}{}{}] ", code->name, code->arguments.empty() ? "" : " ",
                            code->arguments);
    return line + response.text + "\r\n";
}

std::string write(const ListData& response, NameForm form) {
    return fmt::format("* {} {} {} {}\r\n", response.lsub ? "LSUB" : "LIST",
                       flag_list_text(response.attributes),
                       response.separator.empty() ? "NIL" : in_quotes(response.separator),
                       mailbox_text(response.mailbox, form));
}

std::string write(const StatusData& response, NameForm form) {
    std::vector<std::string> items;
    for (const auto& [item, value] : response.items)
        items.push_back(fmt::format("{} {}", name_of(item), value));
    if (!response.mailbox_id.empty())
        items.push_back(fmt::format("MAILBOXID ({})", astring_text(response.mailbox_id)));
    return fmt::format("* STATUS {} ({})\r\n", mailbox_text(response.mailbox, form),
                       fmt::join(items, " "));
}

}  // namespace mailhold::imap::wire
