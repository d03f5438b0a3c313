// What a server may say to a client: one struct a response. Parsed by parse_response (client side).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "imap/wire/values.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::wire {

enum class Condition { ok, no, bad, preauth, bye };

struct StatusResponse {  // tagged, or untagged with tag "*"
    std::string tag;
    Condition condition = Condition::ok;
    std::optional<ResponseCode> code;
    std::string text;
    bool operator==(const StatusResponse&) const = default;
};
struct Continuation {
    std::string text;  // behind "+ "; base64 challenges come as they are
    bool operator==(const Continuation&) const = default;
};
struct CapabilityData {
    std::vector<std::string> capabilities;  // upper case
    bool operator==(const CapabilityData&) const = default;
};
struct EnabledData {
    std::vector<std::string> capabilities;
    bool operator==(const EnabledData&) const = default;
};
struct FlagsData {
    std::vector<std::string> flags;
    bool operator==(const FlagsData&) const = default;
};
struct ListData {
    bool lsub = false;
    std::vector<std::string> attributes;
    std::string separator;   // empty for NIL
    std::string mailbox;     // UTF-8
    std::string spelling{};  // its octets, where they are not `mailbox` in modified UTF-7
    bool operator==(const ListData&) const = default;
};
struct StatusData {
    std::string mailbox;
    std::vector<std::pair<StatusItem, std::uint64_t>> items;
    std::string spelling{};       // as in ListData
    std::string mailbox_id = {};  // RFC 8474; empty if not told
    bool operator==(const StatusData&) const = default;
};
struct SearchData {
    std::vector<std::uint32_t> numbers;
    bool operator==(const SearchData&) const = default;
};
struct ESearchData {  // RFC 4731
    std::string tag;
    bool uid = false;
    std::optional<std::uint32_t> min, max, count;
    SequenceSet all;
    bool operator==(const ESearchData&) const = default;
};
struct ExistsData {
    std::uint32_t messages = 0;
    bool operator==(const ExistsData&) const = default;
};
struct RecentData {
    std::uint32_t messages = 0;
    bool operator==(const RecentData&) const = default;
};
struct ExpungeData {
    std::uint32_t sequence = 0;
    bool operator==(const ExpungeData&) const = default;
};
struct VanishedData {  // RFC 7162
    bool earlier = false;
    SequenceSet uids;
    bool operator==(const VanishedData&) const = default;
};
// Gmail's X-GM-EXT-1. An id that is not told, or cannot be read, is 0.
struct GmailData {
    std::uint64_t message_id = 0;
    std::uint64_t thread_id = 0;
    std::optional<std::vector<std::string>> labels;  // UTF-8; "\\Inbox" and its like as they are
    bool operator==(const GmailData&) const = default;
};
struct FetchData {
    std::uint32_t sequence = 0;
    std::optional<Uid> uid;
    std::optional<std::vector<std::string>> flags;
    std::optional<ZonedSeconds> internal_date;
    std::optional<std::uint64_t> size;
    std::optional<ModSeq> modseq;
    struct SectionData {
        std::string section;  // as written between the brackets: "", "HEADER", "1.2"
        std::optional<std::uint32_t> origin;  // of a partial
        NString octets;                       // inline; empty where the literal was streamed
        bool streamed = false;
        bool operator==(const SectionData&) const = default;
    };
    std::vector<SectionData> sections;  // BODY[...], RFC822*, in order
    std::optional<GmailData> gmail = {};
    std::optional<ZonedSeconds> saved = {};  // RFC 8514; NIL is none
    // Any further item, raw: {"ENVELOPE", "(...)"}; literals stay in it as they came.
    std::vector<std::pair<std::string, std::string>> other;
    bool operator==(const FetchData&) const = default;
};
struct OtherData {  // ID, NAMESPACE and what nobody asked for
    std::string name;
    std::string rest;
    bool operator==(const OtherData&) const = default;
};

using Response = std::variant<StatusResponse, Continuation, CapabilityData, EnabledData, FlagsData,
                              ListData, StatusData, SearchData, ESearchData, ExistsData, RecentData,
                              ExpungeData, VanishedData, FetchData, OtherData>;

// One whole response as ResponseFramer cut it, its marks of streamed literals included; takes the
// deviations of imap/wire/quirks.md. Total: Errc::protocol says what was expected, and where.
Result<Response> parse_response(std::string_view response);

}  // namespace mailhold::imap::wire
