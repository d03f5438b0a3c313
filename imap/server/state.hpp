// What the commands of one session work on, and what they answer with. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/server/login/scram.hpp"
#include "imap/server/login/user.hpp"
#include "imap/server/mailbox/cache.hpp"
#include "imap/server/mailbox/message.hpp"
#include "imap/server/mailbox/names.hpp"
#include "imap/server/mailbox/view.hpp"
#include "imap/server/notify/notifying.hpp"
#include "imap/server/output.hpp"
#include "imap/server/search/context.hpp"
#include "imap/wire/encode.hpp"
#include "imap/wire/response.hpp"
#include "indexer/pipeline/searcher.hpp"
#include "indexer/query/query.hpp"
#include "store/audit.hpp"
#include "store/base/threads.hpp"
#include "store/workspaces.hpp"

namespace mailhold::imap::server {

using Places = std::vector<std::uint32_t>;  // of a snapshot's entries: 0-based, ascending

// What sessions ask; outlives them.
struct Backend {
    store::Archive& archive;
    Cache& cache;
    const indexer::pipeline::Searcher& searcher;
    bool personal_flags = false;  // users may set flags for themselves in mirrored mailboxes
    store::Workspaces workspaces{archive};
    store::Audit* audit = nullptr;  // none: nothing is put on record
    WorkerPool* pool = nullptr;     // whose idle threads help a session; none: it is alone
    // Who may log in, as of now; none where nobody can by SCRAM.
    std::function<std::shared_ptr<const std::vector<User>>()> users{};
    std::size_t most_news = 10'000;  // that a session is told at once, of other mailboxes
    std::size_t message_limit = 0;   // messages that one command takes on (RFC 9738); 0: any number
    bool tokens = false;             // serve to log in (RFC 7628)
    std::string token_scope = {};    // that they must have; empty: any
    std::string decoy_secret = {};   // of scram_keys()
};

// The line to the client, as far as it decides what he may do.
struct Channel {
    bool tls = false;
    bool starttls_offered = true;
    bool plaintext_login = false;  // loopback, and allowed by the configuration
    bool compression_offered = false;
    bool compressed = false;                          // by COMPRESS or by TLS itself
    std::string address{};                            // of the client
    std::uint64_t session = 0;                        // the number of the connection
    std::optional<ScramExchange::Binding> binding{};  // of TLS
    std::vector<std::string> certificate{};           // its names, where TLS verified one
    bool login_allowed() const { return tls || plaintext_login; }
};

enum class Stage { not_authenticated, authenticated, selected };  // RFC 3501 3

// What the session waits for before it can go on.
enum class Awaiting {
    command,
    end_of_idle,
    sasl_response,
    password_check,
    tls_handshake,
    compression,
    search
};

// What the client asked for, until the connection ends (RFC 5161).
struct Enabled {
    bool condstore = false;  // RFC 7162 3.1: by any command that names mod-sequences
    bool qresync = false;
    bool utf8 = false;      // UTF8=ACCEPT (RFC 6855)
    bool rev2 = false;      // IMAP4rev2's answers (RFC 9051), not those of IMAP4rev1
    bool uid_only = false;  // RFC 9586: sequence numbers are neither taken nor given
    Told told() const {
        return {.modseq = condstore, .vanished = qresync || uid_only, .uids = uid_only};
    }
    wire::NameForm names() const {
        return utf8 || rev2 ? wire::NameForm::utf8 : wire::NameForm::modified_utf7;
    }
};

struct SearchMailbox;

struct Selected {
    MailboxId mailbox{};
    Snapshot snapshot;
    std::vector<Uid> saved{};  // "$" (RFC 5182), ascending
    std::vector<SearchContext> contexts{};
    std::vector<Uid> arrived{};  // and not shown yet to who asked for it (RFC 5465 5.2)
    bool examined = false;       // opened with EXAMINE: nothing may be changed
    std::string rights{};        // the user's, looked up before every command
    std::string told_rights{};   // that the client was told flags by
    std::shared_ptr<SearchMailbox> search{};  // where it is one
    bool may(char right) const { return !examined && store::has(rights, right); }
};

// A tagged answer.
struct Answer {
    wire::Condition condition = wire::Condition::ok;
    std::optional<wire::ResponseCode> code;
    std::string text;
};
Answer ok(std::string text);
Answer no(std::string code, std::string text);
Answer bad(std::string text);
Answer failed(const Error& error);  // what the archive could not do, in the codes of RFC 5530

// nullopt: not finished; `awaiting` or `unfinished` says how it goes on.
using Reply = std::optional<Answer>;

// A search that the session waits for. The shell runs it, fairly beside those of others.
struct Search {
    indexer::query::QueryPtr query;
    Snapshot mailbox;
    std::move_only_function<Reply(Result<Places>, Output&)> then;  // the session goes on
    Awaiting after = Awaiting::command;                            // and awaits this again
};

struct State {
    State(Backend& b, Channel c) : backend(b), channel(c) {}

    Backend& backend;
    Channel channel;
    Stage stage = Stage::not_authenticated;
    std::optional<User> user;
    std::optional<Selected> selected;
    Enabled enabled;
    std::optional<Notifying> notifying;  // after NOTIFY, in place of what IMAP tells by itself

    std::string tag;  // of the command in work
    Awaiting awaiting = Awaiting::command;
    // Adds the next bounded part of a long answer.
    std::move_only_function<Reply(Output&)> unfinished;
    // Adds, between commands, the next bounded part of what nobody asked for now; true at its end.
    std::move_only_function<bool(Output&)> telling;
    std::optional<ScramExchange> scram;   // while it goes on
    bool scram_is_proven = false;         // all that is left is the client's last, empty message
    std::string mechanism;                // of the AUTHENTICATE in work
    std::optional<Answer> refusal;        // when the client has said that it read why
    Credentials credentials;              // while awaiting password_check
    std::optional<Search> search;         // while awaiting search
    std::optional<Message> last_message;  // fetched last: clients read large ones in chunks
    Result<Blob> literals;  // of the APPEND or REPLACE in work: its messages, one after the other
    // The content that was put on record last, of one message.
    struct Noted {
        MailboxId mailbox{};
        MessageNumber message{};
        std::string content;
        bool operator==(const Noted&) const = default;
    };
    std::optional<Noted> noted;
    // The command in work took messages out of the selected mailbox, which is told whatever the
    // client wished to be told.
    bool expunged = false;
    bool closing = false;  // nothing follows what is in the output

    bool is_idle() const {
        return (awaiting == Awaiting::search ? search->after : awaiting) == Awaiting::end_of_idle;
    }
};

// The session awaits a search, and then goes on: `then` may use the state, and all else only by value.
void await_search(State& state, indexer::query::QueryPtr query, Snapshot mailbox,
                  std::move_only_function<Reply(Result<Places>, Output&)> then);
// What a command returns that searches: `then` makes its answer of the places found, or searches
// again. Where the search fails the command is answered so without it.
Reply search_then(State& state, indexer::query::QueryPtr query, Snapshot mailbox,
                  std::move_only_function<Reply(Places, Output&)> then);

bool offers_scram(const State& state);
// The capabilities of RFC 3501 7.2.1 as they stand now, without "CAPABILITY ".
std::string capabilities(const State& state);

// The user's names at this moment, and what they point into.
struct Names {
    Cache::Mailboxes mailboxes;
    std::vector<Name> names;
};
Result<Names> names_of(const State& state);
// Likewise, of mailboxes as they were at some moment.
std::vector<Name> names_among(const State& state, const std::vector<store::Mailbox>& mailboxes);
// The mailbox at this moment, as the user sees it; of an open search, what it found last.
Result<Snapshot> view_of(const State& state, MailboxId mailbox);
// What the user may do in the selected mailbox, as of now: others may change that at any moment.
std::string rights_now(const State& state);
// The mailbox of this name, where the user has this right, or the answer that there is none to be
// had.
std::expected<store::Mailbox, Answer> find_mailbox(const State& state, std::string_view name,
                                                   char right = 'r');
// As find_mailbox(), with any right that shows that it is there (RFC 4314 4, MYRIGHTS), and those
// rights.
struct Known {
    store::Mailbox mailbox;
    std::string rights;
};
std::expected<Known, Answer> find_known(const State& state, std::string_view name);
// The workspace of this name, or the answer that nothing can be put there.
std::expected<store::Mailbox, Answer> find_workspace(const State& state, std::string_view name);
inline constexpr std::uint64_t append_limit = 100 << 20;  // octets of one APPEND (RFC 7889)
using PersonalCounts = std::map<MailboxId, store::PersonalCount>;
Result<PersonalCounts> personal_counts(const State& state);  // of the user
// STATUS of one mailbox (RFC 3501 7.2.4, RFC 8438).
Result<std::string> status_text(const State& state, const store::Mailbox& mailbox,
                                const std::string& name, const std::vector<wire::StatusItem>& items,
                                const PersonalCounts& personal);

}  // namespace mailhold::imap::server
