#include "intake/journal/report.hpp"

#include <algorithm>
#include <array>

#include "indexer/mime/parse.hpp"
#include "intake/journal/command.hpp"

namespace mailhold::intake::journal {
namespace {

namespace mime = indexer::mime;

constexpr std::string_view mark = "x-ms-journal-report";  // a header field, empty mostly

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\"<>,";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// Looked for before anything is parsed: nearly all mail is none.
bool is_marked(std::string_view octets) {
    const auto end = octets.find("\r\n\r\n");
    const auto header = lower_ascii(octets.substr(0, end));
    return header.starts_with(mark) || header.contains(std::string("\n") + std::string(mark));
}

// "To: bob@example.org, Expanded: list@example.org": who received it, and by which list. `room` is how
// many octets of addresses may still be taken.
void read_line(std::string_view line, Report& report, std::size_t& room) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const auto key = lower_ascii(trimmed(line.substr(0, colon)));
    auto value = line.substr(colon + 1);
    static constexpr std::array<std::string_view, 4> recipients{"to", "cc", "bcc", "recipient"};
    const bool is_sender = key == "sender";
    if (!is_sender && std::ranges::find(recipients, key) == recipients.end()) return;
    for (const auto* word : {" expanded:", " forwarded:"})
        value = value.substr(0, lower_ascii(value).find(word));
    const auto address = trimmed(value);
    if (address.empty()) return;
    if (address.size() > room) {
        ++report.left_out;
        return;
    }
    room -= address.size();
    if (is_sender)
        report.sender = address;
    else
        report.recipients.emplace_back(address);
}

}  // namespace

std::optional<Report> read_report(std::string_view octets) {
    if (!is_marked(octets)) return std::nullopt;
    const auto message = mime::parse(octets);
    const auto& parts = message.root.children;
    const auto text = std::ranges::find_if(parts, [](const mime::Part& part) {
        return part.type == "text" && part.subtype == "plain";
    });
    const auto original = std::ranges::find_if(parts, [](const mime::Part& part) {
        return part.is_message() && part.encoding != "base64" &&
               part.encoding != "quoted-printable" && part.body.size() > 0;
    });
    if (!message.root.is_multipart() || text == parts.end() || original == parts.end())
        return std::nullopt;
    Report report{.sender = {},
                  .recipients = {},
                  .left_out = 0,
                  .begin = original->body.begin,
                  .size = original->body.size()};
    const auto lines = mime::decoded_text(octets, *text);
    auto room = Report::most_octets;
    for (std::string_view rest = lines; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        read_line(rest.substr(0, end), report, room);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return report;
}

}  // namespace mailhold::intake::journal
