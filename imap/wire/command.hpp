// What a client may say to a server: one struct a command. Parsed by parse_command (server side), written by
// write_command (client side, tests).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "imap/wire/framer.hpp"
#include "imap/wire/values.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::wire {

struct Capability {};
struct Noop {};
struct Logout {};
struct StartTls {};
struct Authenticate {
    std::string mechanism;                        // upper case
    std::optional<std::string> initial_response;  // decoded from base64 (RFC 4959); "" for "="
};
struct Login { std::string user, password; };
struct Enable { std::vector<std::string> capabilities; };
struct Id { std::vector<std::pair<std::string, NString>> fields; };  // empty for NIL
struct Namespace {};

struct Select {
    std::string mailbox;
    bool examine = false;
    bool condstore = false;                 // "(CONDSTORE)"
    std::vector<std::string> parameters;    // other select-params by name, upper case; kept to be refused or ignored
};
struct Unselect {};
struct Close {};
struct Check {};
struct Expunge { std::optional<SequenceSet> uids; };
struct Idle {};

// LIST with the extended syntax of RFC 5258 and 5819.
struct List {
    bool lsub = false;
    std::vector<std::string> selection;   // upper case: SUBSCRIBED, REMOTE, RECURSIVEMATCH, SPECIAL-USE
    std::string reference;                // UTF-8
    std::vector<std::string> patterns;    // UTF-8, with * and %
    bool extended = false;                // selection options, several patterns or RETURN were used
    std::vector<std::string> returns;     // upper case: SUBSCRIBED, CHILDREN, SPECIAL-USE
    std::optional<std::vector<StatusItem>> status;  // RETURN (STATUS (...))
};
struct Status { std::string mailbox; std::vector<StatusItem> items; };
struct Subscribe { std::string mailbox; };
struct Unsubscribe { std::string mailbox; };

// Changes; parsed whole so that a read-only server can refuse them politely.
struct Create { std::string mailbox; };
struct Delete { std::string mailbox; };
struct Rename { std::string from, to; };
struct Append { std::string mailbox; std::vector<std::string> flags; std::optional<ZonedSeconds> date; std::string octets; };
struct Store { NumberKind kind = NumberKind::sequence; SequenceSet numbers; std::string item; std::vector<std::string> flags; bool silent = false; };
struct Copy { NumberKind kind = NumberKind::sequence; SequenceSet numbers; std::string mailbox; bool move = false; };

struct Fetch {
    NumberKind kind = NumberKind::sequence;
    SequenceSet numbers;
    std::vector<FetchItem> items;
    std::optional<ModSeq> changed_since;
};

// A search-key tree (RFC 3501 6.4.4) as written; strings are octets in the command's charset.
struct SearchKey {
    enum class Kind {
        all, answered, bcc, before, body, cc, deleted, draft, flagged, from, header, keyword, larger, new_, not_, old,
        on, or_, recent, seen, sent_before, sent_on, sent_since, since, smaller, subject, text, to, uid, unanswered,
        undeleted, undraft, unflagged, unkeyword, unseen, sequence, and_ /* a parenthesised list, or the top level */
    };
    Kind kind = Kind::all;
    std::string text;                  // the string of BODY, SUBJECT, ...; the keyword of KEYWORD
    std::string header_name;           // of HEADER
    std::uint64_t size = 0;            // of LARGER, SMALLER
    std::chrono::sys_days day{};       // of the date keys
    SequenceSet numbers;               // of UID and sequence
    std::vector<SearchKey> children;   // of not_, or_, and_
};
struct Search {
    NumberKind kind = NumberKind::sequence;
    std::string charset = "US-ASCII";   // upper case
    bool extended = false;              // RETURN (...) was given (RFC 4731)
    std::vector<std::string> returns;   // upper case: MIN MAX ALL COUNT; an unknown one stays, to be refused
    SearchKey key;
};

using CommandBody =
    std::variant<Capability, Noop, Logout, StartTls, Authenticate, Login, Enable, Id, Namespace, Select, Unselect, Close,
                 Check, Expunge, Idle, List, Status, Subscribe, Unsubscribe, Create, Delete, Rename, Append, Store, Copy,
                 Fetch, Search>;
struct Command {
    std::string tag;
    CommandBody body;
};

// Why a command could not be parsed; `tag` is "*"-worthy when empty. The text names what was expected, and where.
struct CommandError {
    std::string tag;
    std::string text;
    bool unknown_command = false;
};

// One whole command (line and literals, as the framer cut it). Total; strict where ambiguity is dangerous, with the
// tolerance real clients need (imap/wire/quirks.md). Mailbox names come out as UTF-8, also from UTF8=ACCEPT clients.
std::expected<Command, CommandError> parse_command(std::string_view command);

// The command as bytes. Where a string needs a literal, `literals` says which form the server takes; with
// synchronising literals the result has several pieces, to be sent one after each "+" answer.
enum class LiteralForm { synchronising, non_synchronising /* LITERAL+, or LITERAL- up to 4096 octets */ };
std::vector<std::string> write_command(const Command& command, LiteralForm literals);

// The name in upper case, with "UID " in front where it is the UID form: "UID FETCH".
std::string name_of(const CommandBody& body);

}  // namespace mailhold::imap::wire
