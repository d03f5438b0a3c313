// What a client may say to a server: one struct a command. Parsed by parse_command (server side),
// written by write_command (client side, tests).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "imap/wire/values.hpp"
#include "store/base/ids.hpp"
#include "store/base/time.hpp"

namespace mailhold::imap::wire {

struct Capability {
    bool operator==(const Capability&) const = default;
};
struct Noop {
    bool operator==(const Noop&) const = default;
};
struct Logout {
    bool operator==(const Logout&) const = default;
};
struct StartTls {
    bool operator==(const StartTls&) const = default;
};
struct Authenticate {
    std::string mechanism;                        // upper case
    std::optional<std::string> initial_response;  // decoded from base64 (RFC 4959); "" for "="
    bool operator==(const Authenticate&) const = default;
};
struct Login {
    std::string user, password;
    bool operator==(const Login&) const = default;
};
struct Enable {
    std::vector<std::string> capabilities;
    bool operator==(const Enable&) const = default;
};
struct Id {
    std::vector<std::pair<std::string, NString>> fields;  // empty for NIL
    bool operator==(const Id&) const = default;
};
struct Namespace {
    bool operator==(const Namespace&) const = default;
};
struct Unauthenticate {  // RFC 8437
    bool operator==(const Unauthenticate&) const = default;
};
struct Compress {  // RFC 4978; DEFLATE, there is no other
    bool operator==(const Compress&) const = default;
};

struct Resync {  // QRESYNC (RFC 7162 3.2.5): what the client knows of the mailbox
    UidValidity uidvalidity{};
    ModSeq modseq{};
    std::optional<SequenceSet> known{};  // UIDs; none: all below UIDNEXT
    bool operator==(const Resync&) const = default;
};
struct Select {
    std::string mailbox;
    bool examine = false;
    bool condstore = false;               // "(CONDSTORE)"
    std::vector<std::string> parameters;  // others by name, upper case; to be refused or ignored
    std::string spelling{};          // written instead of `mailbox`, as it is, unless it is empty
    std::optional<Resync> resync{};  // "(QRESYNC (...))"
    bool operator==(const Select&) const = default;
};
struct Unselect {
    bool operator==(const Unselect&) const = default;
};
struct Close {
    bool operator==(const Close&) const = default;
};
struct Check {
    bool operator==(const Check&) const = default;
};
struct Expunge {
    std::optional<SequenceSet> uids;
    bool operator==(const Expunge&) const = default;
};
struct Idle {
    bool operator==(const Idle&) const = default;
};

// LIST with the extended syntax of RFC 5258 and 5819.
struct List {
    bool lsub = false;
    // upper case: SUBSCRIBED, REMOTE, RECURSIVEMATCH, SPECIAL-USE
    std::vector<std::string> selection;
    std::string reference;              // UTF-8
    std::vector<std::string> patterns;  // UTF-8, with * and %
    bool extended = false;              // selection options, several patterns or RETURN were used
    std::vector<std::string> returns;   // upper case: SUBSCRIBED, CHILDREN, SPECIAL-USE, MYRIGHTS
    std::optional<std::vector<StatusItem>> status;  // RETURN (STATUS (...))
    std::vector<std::string> metadata{};            // RETURN (METADATA (...)) (RFC 9590)
    bool operator==(const List&) const = default;
};
struct Status {
    std::string mailbox;
    std::vector<StatusItem> items;
    std::string spelling{};  // as in Select
    bool operator==(const Status&) const = default;
};
struct Subscribe {
    std::string mailbox;
    bool operator==(const Subscribe&) const = default;
};
struct Unsubscribe {
    std::string mailbox;
    bool operator==(const Unsubscribe&) const = default;
};

// Changes.
struct Create {
    std::string mailbox;
    std::vector<std::string> special_use{};  // "(USE (\\Drafts))" (RFC 6154)
    bool operator==(const Create&) const = default;
};
struct Delete {
    std::string mailbox;
    bool operator==(const Delete&) const = default;
};
struct Rename {
    std::string from, to;
    bool operator==(const Rename&) const = default;
};
// Access control (RFC 4314). What the letters of `rights` mean is for the server to say.
struct SetAcl {
    std::string mailbox, identifier;
    char sign = ' ';  // '+' adds, '-' takes away, ' ' replaces
    std::string rights;
    bool operator==(const SetAcl&) const = default;
};
struct DeleteAcl {
    std::string mailbox, identifier;
    bool operator==(const DeleteAcl&) const = default;
};
struct GetAcl {
    std::string mailbox;
    bool operator==(const GetAcl&) const = default;
};
struct ListRights {
    std::string mailbox, identifier;
    bool operator==(const ListRights&) const = default;
};
struct MyRights {
    std::string mailbox;
    bool operator==(const MyRights&) const = default;
};
// Notes about mailboxes, or with an empty name about the server (RFC 5464).
struct GetMetadata {
    std::string mailbox;
    std::vector<std::string> entries;         // as written: "/private/comment"
    std::optional<std::uint64_t> max_size{};  // of the values wanted
    enum class Depth { none, one, infinity };
    Depth depth = Depth::none;
    bool operator==(const GetMetadata&) const = default;
};
struct SetMetadata {
    std::string mailbox;
    std::vector<std::pair<std::string, NString>> values;  // NIL removes
    bool operator==(const SetMetadata&) const = default;
};
// Quotas (RFC 9208).
struct GetQuota {
    std::string root;
    bool operator==(const GetQuota&) const = default;
};
struct GetQuotaRoot {
    std::string mailbox;
    bool operator==(const GetQuotaRoot&) const = default;
};
struct Append {  // with several messages: MULTIAPPEND (RFC 3502)
    struct Message {
        std::vector<std::string> flags;
        std::optional<ZonedSeconds> date;
        std::string octets;
        std::optional<std::uint64_t> streamed{};  // so many, which the framer handed out
        bool operator==(const Message&) const = default;
    };
    std::string mailbox;
    std::vector<Message> messages;
    bool operator==(const Append&) const = default;
};
struct Replace {  // RFC 8508: a message comes where another goes
    NumberKind kind = NumberKind::sequence;
    std::uint32_t replaced = 0;  // may be `star` where it is no UID
    std::string mailbox;
    Append::Message message;
    bool operator==(const Replace&) const = default;
};
struct Store {
    NumberKind kind = NumberKind::sequence;
    SequenceSet numbers;
    std::string item;  // "FLAGS", "+FLAGS" or "-FLAGS"
    std::vector<std::string> flags;
    bool silent = false;
    std::optional<ModSeq> unchanged_since;  // RFC 7162 3.1.3
    bool operator==(const Store&) const = default;
};
struct Copy {
    NumberKind kind = NumberKind::sequence;
    SequenceSet numbers;
    std::string mailbox;
    bool move = false;
    bool operator==(const Copy&) const = default;
};

struct Fetch {
    NumberKind kind = NumberKind::sequence;
    SequenceSet numbers;
    std::vector<FetchItem> items;
    std::optional<ModSeq> changed_since;
    bool vanished = false;                // with changed_since (RFC 7162 3.2.6)
    std::optional<PartialRange> partial;  // of UID FETCH (RFC 9394 3.4)
    std::vector<std::string> foreign{};   // items of some servers' own; only ever written
    bool operator==(const Fetch&) const = default;
};

inline constexpr std::size_t max_search_nesting = 200;  // NOT, OR and parentheses within each other
inline constexpr std::size_t max_search_keys = 10'000;  // in one SEARCH

// A search-key tree (RFC 3501 6.4.4) as written, an and_ at its top; strings are octets in the
// command's charset.
struct SearchKey {
    // clang-format off
    enum class Kind {
        all, answered, bcc, before, body, cc, deleted, draft, flagged, from, header,
        keyword, larger, new_, not_, old, on, or_, recent, seen, sent_before, sent_on,
        sent_since, since, smaller, subject, text, to, uid, unanswered, undeleted, undraft,
        unflagged, unkeyword, unseen,
        older, younger,                                             // RFC 5032
        saved_before, saved_on, saved_since, save_date_supported,   // RFC 8514
        email_id, thread_id,                                        // RFC 8474
        fuzzy,                                                      // RFC 6203
        gm_raw,                       // X-GM-RAW: the human query language
        modseq,                                                     // RFC 7162
        uid_after, uid_before,                                      // RFC 9738 3.2
        sequence, and_                // and_: a parenthesised list, or the top level
    };
    // clang-format on
    Kind kind = Kind::all;
    std::string text;         // the string of BODY, SUBJECT, ...; the keyword of KEYWORD; an id
    std::string header_name;  // of HEADER
    // of LARGER, SMALLER; the seconds of OLDER, YOUNGER; of MODSEQ; the UID of UIDAFTER, UIDBEFORE
    std::uint64_t size = 0;
    std::chrono::sys_days day{};      // of the date keys
    SequenceSet numbers;              // of UID and sequence
    std::vector<SearchKey> children;  // of not_, or_, and_, fuzzy
    bool operator==(const SearchKey&) const = default;
};
struct Search {
    NumberKind kind = NumberKind::sequence;
    std::string charset{};  // upper case; empty: none was named
    bool extended = false;  // RETURN (...) was given (RFC 4731)
    // upper case: MIN MAX ALL COUNT SAVE UPDATE ...; an unknown one stays, to be refused
    std::vector<std::string> returns;
    std::optional<PartialRange> partial;  // RETURN (PARTIAL 1:100) (RFC 9394)
    SearchKey key;
    bool operator==(const Search&) const = default;
};

// sort-key of RFC 5256, 5957 and 6203.
struct SortKey {
    enum class Kind {
        arrival,
        cc,
        date,
        from,
        size,
        subject,
        to,
        display_from,
        display_to,
        relevancy
    };
    Kind kind = Kind::arrival;
    bool reverse = false;
    bool operator==(const SortKey&) const = default;
};
struct Sort {
    Search search;
    std::vector<SortKey> keys;
    bool operator==(const Sort&) const = default;
};
struct Thread {
    Search search;
    std::string algorithm;  // upper case: REFERENCES
    bool operator==(const Thread&) const = default;
};
inline constexpr std::size_t max_mailbox_filters = 1'000;  // in one ESEARCH
// filter-mailboxes of RFC 5465 and 7377.
struct MailboxFilter {
    // clang-format off
    enum class Kind {
        selected, selected_delayed, inboxes, personal, subscribed, subtree, subtree_one, mailboxes
    };
    // clang-format on
    Kind kind = Kind::selected;
    std::vector<std::string> names;  // of the last three
    bool operator==(const MailboxFilter&) const = default;
};
struct MultiSearch {                     // ESEARCH (RFC 7377)
    std::vector<MailboxFilter> sources;  // none: the selected mailbox
    Search search;
    bool operator==(const MultiSearch&) const = default;
};
struct Notify {  // RFC 5465
    struct Group {
        MailboxFilter filter;
        std::vector<std::string> events;  // upper case: MESSAGENEW; none: NONE
        std::vector<FetchItem> items{};   // that MessageNew brings along
        bool operator==(const Group&) const = default;
    };
    std::vector<Group> groups;  // of NOTIFY SET; none: NOTIFY NONE
    bool status = false;        // "STATUS": how it is now is told first
    bool operator==(const Notify&) const = default;
};
struct CancelUpdate {  // RFC 5267 4.3.5
    std::vector<std::string> tags;
    bool operator==(const CancelUpdate&) const = default;
};

using CommandBody =
    std::variant<Capability, Noop, Logout, StartTls, Authenticate, Login, Enable, Id, Namespace,
                 Compress, Notify, Select, Unselect, Close, Check, Expunge, Idle, List, Status,
                 Subscribe, Unsubscribe, Create, Delete, Rename, Append, Store, Copy, Fetch, Search,
                 Sort, Thread, MultiSearch, CancelUpdate, SetAcl, DeleteAcl, GetAcl, ListRights,
                 MyRights, GetMetadata, SetMetadata, GetQuota, GetQuotaRoot, Unauthenticate,
                 Replace>;
struct Command {
    std::string tag;
    CommandBody body;
    bool operator==(const Command&) const = default;
};

// Why a command could not be parsed; `tag` is "*"-worthy when empty. The text names what was
// expected, and where.
struct CommandError {
    std::string tag;
    std::string text;
    bool unknown_command = false;
    bool operator==(const CommandError&) const = default;
};

// One whole command (line and literals, as the framer cut it). Total; strict where ambiguity is
// dangerous, with the tolerance real clients need (imap/wire/quirks.md). Mailbox names come out as
// UTF-8, in whichever form they come.
std::expected<Command, CommandError> parse_command(std::string_view command,
                                                   NameForm names = NameForm::modified_utf7);

// The command as bytes. Where a string needs a literal, `literals` says which form the server
// takes; with synchronising literals the result has several pieces, to be sent one after each "+"
// answer.
enum class LiteralForm {
    synchronising,
    non_synchronising,  // LITERAL+, or LITERAL- up to 4096 octets
};
std::vector<std::string> write_command(const Command& command, LiteralForm literals);

// The name in upper case, with "UID " in front where it is the UID form: "UID FETCH".
std::string name_of(const CommandBody& body);

}  // namespace mailhold::imap::wire
