// Journal reports of Microsoft Exchange ([MS-XJRNL]): a message that carries another one as it was
// sent, and says in a part of text who sent it to whom, hidden and expanded recipients too. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::intake::journal {

struct Report {
    // Of addresses together: as much as is certain to fit into one record, whatever a stranger wrote.
    static constexpr std::size_t most_octets = 1 << 20;
    std::string sender;                   // empty where the report names none
    std::vector<std::string> recipients;  // To, Cc, Bcc and Recipient, in their order
    std::size_t left_out = 0;             // addresses beyond most_octets
    std::size_t begin = 0;                // of the message that it carries, in its octets
    std::size_t size = 0;
    bool operator==(const Report&) const = default;
};

// nullopt for what is no report, or carries no message as it is (RFC 2046 5.2.1: it is never encoded).
std::optional<Report> read_report(std::string_view octets);

}  // namespace mailhold::intake::journal
