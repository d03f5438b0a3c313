// A message as the rest of the program sees it: plain values, no GMime. Positions point into the
// octets that were parsed, so that any section can be served byte for byte as it came.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/base/time.hpp"

namespace mailhold::indexer::mime {

// Octets [begin, end) of the message.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t size() const { return end - begin; }
    bool operator==(const Range&) const = default;
};

struct HeaderField {
    std::string name;   // as written
    std::string raw;    // value as written, with folding, without the final line end
    std::string value;  // unfolded, RFC 2047 and charset decoded, valid UTF-8
};

struct Address {
    // A group start has mailbox = group name and no host; a group end has neither (RFC 3501 7.4.2).
    std::optional<std::string>
        name;  // as IMAP's ENVELOPE wants it: RFC 2047 encoded words kept as sent
    std::optional<std::string> route;
    std::optional<std::string> mailbox;
    std::optional<std::string> host;
};

// RFC 3501 7.4.2. Strings are raw octets of the unfolded fields; absent fields are nullopt.
struct Envelope {
    std::optional<std::string> date, subject, in_reply_to, message_id;
    std::vector<Address> from, sender, reply_to, to, cc, bcc;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;  // names lower case; values
                                                                      // RFC 2231 decoded, UTF-8

// One MIME entity (RFC 2045). The root stands for the message itself.
struct Part {
    std::string type = "text";      // lower case
    std::string subtype = "plain";  // lower case
    Parameters parameters;
    std::optional<std::string> id, description, disposition, location, md5;
    Parameters disposition_parameters;
    std::vector<std::string> languages;
    std::string encoding = "7bit";  // lower case, as declared
    std::string filename;   // UTF-8; of the disposition, else the name parameter; empty if none
    Range header;           // including the blank line that ends it
    Range body;             // as transmitted (still encoded)
    std::size_t lines = 0;  // of the body; for text/* and message/rfc822
    std::vector<HeaderField> fields;
    std::vector<Part>
        children;  // multipart/*: its parts; message/rfc822: one, the nested message's root
    std::optional<Envelope> envelope;  // of the nested message, for message/rfc822
    bool is_multipart() const { return type == "multipart"; }
    bool is_message() const {
        return type == "message" && (subtype == "rfc822" || subtype == "global") &&
               !children.empty();
    }
};

struct ParsedMessage {
    Envelope envelope;
    Part root;                         // root.fields are the message's header fields
    std::optional<ZonedSeconds> sent;  // the Date field, if it can be read
    std::vector<std::string>
        damage;  // what had to be guessed or was cut at a limit; empty for good mail
};

}  // namespace mailhold::indexer::mime
