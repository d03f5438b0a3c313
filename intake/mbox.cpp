#include "intake/mbox.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "indexer/mime/header.hpp"

namespace mailhold::intake {
namespace {

namespace mime = indexer::mime;

constexpr std::string_view from = "From ";
constexpr std::size_t header_fields = 1'000;

std::string_view line_at(std::string_view text, std::size_t at) {
    return text.substr(at, mime::line_length(text, at));
}
bool is_empty(std::string_view line) {
    return line == "\n" || line == "\r\n";
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> out;
    while (!(line = mime::trim(line)).empty()) {
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        out.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return out;
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

// "10:11:12" or "10:11"
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
    const bool long_form = text.size() == 8 && text[5] == ':';
    if ((text.size() != 5 && !long_form) || text[2] != ':') return std::nullopt;
    const auto hour = number(text.substr(0, 2));
    const auto minute = number(text.substr(3, 2));
    const auto second = long_form ? number(text.substr(6)) : 0;
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

// "From SENDER Wed Mar 27 10:11:12 2024", perhaps with a zone before or behind the year, which is
// left out: RFC 4155 wants UTC.
struct FromLine {
    bool is_one = false;
    std::optional<UtcSeconds> date;
};
FromLine from_line(std::string_view line) {
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (!line.starts_with(from)) return {};
    const auto all = words(line);
    for (std::size_t i = 3; i < all.size(); ++i) {
        const auto time = time_of_day(all[i]);
        if (!time) continue;
        FromLine found{true, {}};
        const auto month = std::ranges::find(months, all[i - 2]) - months.begin();
        const auto day = number(all[i - 1]);
        for (auto k = i + 1; k < all.size() && !found.date; ++k) {
            const auto year = all[k].size() == 4 ? number(all[k]) : std::nullopt;
            if (!year || !day) continue;
            const auto date = std::chrono::year(*year) /
                              std::chrono::month(static_cast<unsigned>(month) + 1) /
                              std::chrono::day(static_cast<unsigned>(*day));
            if (date.ok()) found.date = std::chrono::sys_days(date) + *time;
        }
        return found;
    }
    return {};
}

std::vector<std::string> flags_of(std::string_view octets) {
    std::vector<std::string> flags;
    const auto header = octets.substr(0, mime::fields_length(octets));
    for (const auto& field : mime::split_fields(header, header_fields)) {
        const bool status = mime::same_name(field.name, "Status");
        if (!status && !mime::same_name(field.name, "X-Status")) continue;
        for (const char letter : mime::trim(field.value)) {
            if (status && letter == 'R') flags.emplace_back("\\Seen");
            if (status) continue;
            if (letter == 'A') flags.emplace_back("\\Answered");
            if (letter == 'F') flags.emplace_back("\\Flagged");
            if (letter == 'T') flags.emplace_back("\\Draft");
            if (letter == 'D') flags.emplace_back("\\Deleted");
        }
    }
    std::ranges::sort(flags);
    const auto rest = std::ranges::unique(flags);
    flags.erase(rest.begin(), rest.end());
    return flags;
}

}  // namespace

std::optional<MboxMessage> MboxReader::next() {
    while (at_ < file_.size() && is_empty(line_at(file_, at_))) at_ += line_at(file_, at_).size();
    if (at_ == file_.size()) return std::nullopt;
    MboxMessage message;
    if (const auto line = line_at(file_, at_); line.starts_with(from)) {
        message.received = from_line(line).date;
        at_ += line.size();
    }
    const auto begin = at_;
    at_ = end_of_message(begin);
    message.octets = file_.substr(begin, at_ - begin);
    if (message.octets.ends_with("\r\n\r\n")) {
        message.octets.remove_suffix(2);
    } else if (message.octets.ends_with("\n\n")) {
        message.octets.remove_suffix(1);
    }
    message.flags = flags_of(message.octets);
    return message;
}

// Where the next From line begins, or the file's end.
std::size_t MboxReader::end_of_message(std::size_t begin) const {
    const auto rest = file_.substr(begin);
    const auto header = rest.substr(0, mime::fields_length(rest));
    for (const auto& field : mime::split_fields(header, header_fields)) {
        if (!mime::same_name(field.name, "Content-Length")) continue;
        const auto length = number(mime::trim(field.value));
        if (!length || *length < 0) break;
        auto end =
            header.size() + line_at(rest, header.size()).size() + static_cast<std::size_t>(*length);
        if (end > rest.size()) break;
        while (end < rest.size() && is_empty(line_at(rest, end))) end += line_at(rest, end).size();
        if (end == rest.size() || from_line(line_at(rest, end)).is_one) return begin + end;
        break;
    }
    bool after_blank = true;
    for (auto at = begin; at < file_.size();) {
        const auto line = line_at(file_, at);
        if (at > begin && line.starts_with(from)) {
            const auto separator = from_line(line);
            const bool bare =
                words(line).size() == 2 && mime::starts_header(line_at(file_, at + line.size()));
            if (separator.date || (after_blank && (separator.is_one || bare))) return at;
        }
        after_blank = is_empty(line);
        at += line.size();
    }
    return file_.size();
}

bool begins_mbox(std::string_view octets) {
    return from_line(line_at(octets, 0)).is_one;
}

std::string unquoted(std::string_view octets) {
    std::string out;
    out.reserve(octets.size());
    for (std::size_t at = 0; at < octets.size();) {
        auto line = line_at(octets, at);
        at += line.size();
        const auto quotes = line.find_first_not_of('>');
        if (quotes != line.npos && quotes > 0 && line.substr(quotes).starts_with(from))
            line.remove_prefix(1);
        out += line;
    }
    return out;
}

}  // namespace mailhold::intake
