// What the text of an attachment is to SEARCH, and who reads it: a function that is handed in, so
// that no reader of hostile formats is linked to the texts themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::text {

enum class ExtractStatus : std::uint8_t {
    indexed,      // all of its text
    truncated,    // as much as a limit allowed
    encrypted,    // it, or something in it, cannot be read without a key
    unsupported,  // a format without a reader; images too
    failed        // damaged, or its reader failed
};
inline constexpr std::size_t extract_statuses = 5;
std::string_view name_of(ExtractStatus status);  // "indexed"
std::optional<ExtractStatus> status_named(std::string_view name);

struct Extraction {
    ExtractStatus status = ExtractStatus::indexed;
    std::string reason;               // for people: why it is not all there; may be empty
    std::vector<std::string> pieces;  // UTF-8, not folded; no phrase runs from one to the next
    // Which readers and limits this came from. 0: chance had a hand in it (a time limit, a crash),
    // and another run may say something else.
    std::uint32_t maker = 0;
};

// Reads one leaf part that is no text; `octets` are those the part was parsed from. Any thread, and
// never fails: what cannot be read has a status. It may take as long as the limits allow.
using Extractor = std::function<Extraction(std::string_view octets, const mime::Part& part)>;

// What is kept of it beside the text.
struct AttachmentState {
    std::string number;  // of the part, as BODY[number] counts (RFC 3501 6.4.5)
    ExtractStatus status = ExtractStatus::indexed;
    std::string reason;
    std::uint32_t maker = 0;
    bool operator==(const AttachmentState&) const = default;
};

}  // namespace mailhold::indexer::text
