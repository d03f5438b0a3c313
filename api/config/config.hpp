// The whole configuration as one typed value, parsed once and passed on by const reference. The
// defaults stand here; default.toml documents them for people, and a test keeps the two equal.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/config/endpoint.hpp"
#include "api/config/origin_url.hpp"
#include "api/config/provider.hpp"
#include "api/config/proxy_url.hpp"
#include "api/config/secret.hpp"
#include "imap/net/deflate.hpp"
#include "intake/journal/session.hpp"
#include "store/audit.hpp"
#include "store/base/log.hpp"

namespace mailhold::config {

struct Log {
    log::Level level = log::Level::info;  // debug, info, warning, error or off
    bool operator==(const Log&) const = default;
};

// The ledger under the data folder.
struct Ledger {
    std::size_t segment_mib = 256;              // a segment is sealed when it would grow past this
    std::chrono::seconds checkpoint_every{60};  // a signature at the latest, when something is new
    bool operator==(const Ledger&) const = default;
};

// Access tokens that users log in to the endpoint with, instead of a password: who gave them is asked
// about each (RFC 7662).
struct Tokens {
    std::string introspection_url;  // https
    std::string client_id;          // ours, there
    PasswordSource client_secret;
    std::string user_claim = "username";  // of the answer: the user's name here
    std::string scope;                    // that a token must have; empty: any
    std::string audience;                 // that it must be for; empty: any
    std::filesystem::path ca_file;        // PEM; empty: the system's store
    std::chrono::seconds timeout{10};     // for an answer
    bool operator==(const Tokens&) const = default;
};

// The local IMAP endpoint.
struct Imap {
    std::vector<Endpoint> listen = {{"127.0.0.1", 1143}};      // plain, STARTTLS offered
    std::vector<Endpoint> listen_tls = {{"127.0.0.1", 1993}};  // TLS from the start
    std::filesystem::path certificate;  // PEM; empty: a self-signed pair in data/keys
    std::filesystem::path private_key;  // PEM; given together with the certificate
    // PEM, of the authorities whose certificates users may log in with; empty: none is asked for.
    std::filesystem::path client_ca{};
    std::optional<Tokens> oauth{};
    // Networks of load balancers, whose connections begin with a PROXY header (version 2).
    std::vector<std::string> proxy_from{};
    bool allow_plaintext_login = false;  // before TLS, and from loopback only
    bool compress = true;                // COMPRESS=DEFLATE is offered
    bool personal_flags = true;          // users may set flags for themselves in mirrored mailboxes
    std::size_t message_limit = 0;       // that one command takes on (RFC 9738); 0: any number
    std::size_t connections = 10'000;    // at most, in all
    std::size_t connections_per_user = 500;   // of them, logged in as one user
    std::size_t strangers = 2'500;            // of them, before login
    std::size_t strangers_per_address = 100;  // and of one address, but this machine's own
    std::chrono::seconds login_timeout{60};   // from connecting to a successful login
    std::chrono::minutes idle_timeout{30};    // RFC 3501 5.4: not less than 30 minutes
    bool operator==(const Imap&) const = default;
};

// What searches may take of the machine.
struct Search {
    std::chrono::seconds time{60};          // of work for one; it fails then, never answers in part
    std::size_t memory_mib = 256;           // for one; beyond it a search is slower, not wrong
    std::size_t per_user = 2;               // searches of one user that run at the same moment
    std::size_t waiting_per_user = 100;     // and that wait for their turn; more are refused
    bool body_includes_attachments = true;  // false: BODY and TEXT are exactly the RFCs'
    bool operator==(const Search&) const = default;
};

// Reading the text of attachments, in sandboxed processes.
struct Attachments {
    std::size_t workers = 2;           // processes at once
    std::size_t text_mib = 16;         // of one attachment's text; the rest is left out, and told
    std::chrono::seconds seconds{20};  // of processor time for one; then it ends with what it has
    bool operator==(const Attachments&) const = default;
};

// Who looked at what, in the ledger.
struct Audit {
    store::Audit::Mode mode = store::Audit::Mode::follow;
    std::set<store::Accessed::What> leave_out;
    bool operator==(const Audit&) const = default;
};

// How origins are mirrored, all of them.
struct Sync {
    // Between comparisons of everything with the origin, which trust none of its counters; 0: never.
    std::chrono::seconds reconcile_every{86'400};
    std::size_t reserve_mib = 256;  // of the disk that fetching leaves free
    bool operator==(const Sync&) const = default;
};

// Health, metrics and status. No login: keep it on loopback or behind something that has one.
struct Http {
    std::optional<Endpoint> listen = Endpoint{"127.0.0.1", 8080};  // none: no HTTP
    std::vector<std::string> names;  // hosts it may be asked for, beside addresses and localhost
    bool operator==(const Http&) const = default;
};

// Tokens instead of a password: from a command, or from a token endpoint after `mailhold login`.
struct OAuth {
    std::string token_command;  // for /bin/sh; prints an access token. Alone, or all that follows:
    std::string token_url;      // https
    std::string device_url;     // https; empty: a refresh token is given to `mailhold login`
    std::string client_id;
    PasswordSource client_secret;   // none for public clients
    std::string scope;              // asked for at the device endpoint
    std::filesystem::path ca_file;  // PEM; empty: the system's store
    bool operator==(const OAuth&) const = default;
};

// An origin to mirror.
struct Account {
    std::string name;            // the local folder of its mailboxes; never changes
    OriginUrl url;               // where and as whom to log in
    PasswordSource password;     // of password_file, password_env, password_command at most one
    std::optional<OAuth> oauth;  // instead of a password
    std::filesystem::path client_certificate;  // PEM, with client_key; without password it logs in
    std::filesystem::path client_key;
    std::string mechanism;                // SASL, upper case; empty: the strongest offered
    std::filesystem::path ca_file;        // PEM; empty: the system's store
    std::vector<std::string> pin_sha256;  // base64 of the SHA-256 of the server's public key
    std::vector<std::string> exclude;     // mailboxes left out, by name or pattern with * and %
    bool other_users =
        false;  // whether mailboxes of other users that it may read are mirrored (RFC 2342)
    bool shared = false;            // and those shared by all
    Manners manners;                // by default what its provider bears
    std::optional<ProxyUrl> proxy;  // none: directly
    imap::net::Compression compression = imap::net::Compression::automatic;
    std::chrono::seconds poll_every{60};           // for mailboxes that nobody idles on
    std::chrono::seconds timeout{60};              // for an answer of the origin
    std::chrono::seconds reconcile_every{86'400};  // as [sync] says
    std::size_t reserve_mib = 256;                 // likewise
    bool operator==(const Account&) const = default;
};

// Where mail servers hand in copies of mail, to be archived; the account is of such mail alone.
struct Journal {
    Endpoint listen;
    intake::journal::Protocol protocol = intake::journal::Protocol::lmtp;
    std::string account;
    std::vector<std::string> networks = {"127.0.0.0/8", "::1"};  // that may hand in
    std::vector<std::string> recipients{};  // addresses and domains that are accepted; none: all
    std::size_t max_size_mib = 128;         // of a message
    std::size_t connections = 100;          // at once
    bool reports = false;  // journal reports of Exchange are unwrapped, if they come from <> ...
    std::vector<std::string> report_senders{};  // ... or from one of these
    bool operator==(const Journal&) const = default;
};

// Who may log in to the local endpoint.
struct User {
    std::string name;
    std::string password_hash;  // argon2id, as `mailhold passwd` prints it
    // Whose mail is shown; the first one's INBOX is the INBOX. None where grants are all he has.
    std::vector<std::string> accounts;
    // What his certificates are called: a SHA-256 of one, or an e-mail address it is for
    // (net::certificate_name()).
    std::vector<std::string> certificate{};
    std::string scram{};                 // verifier, as `mailhold passwd --scram` prints it
    std::size_t workspace_mib = 0;       // of his workspaces together; 0: no limit
    std::size_t workspace_messages = 0;  // likewise
    std::size_t workspaces = 0;          // likewise, how many
    bool operator==(const User&) const = default;
};

// Users that grants and workspaces (as "$name") may name together.
struct Group {
    std::string name;
    std::vector<std::string> members;  // users
    bool operator==(const Group&) const = default;
};

// Mail of an account shown to others than those whose account it is.
struct Grant {
    std::string account;
    std::vector<std::string> mailboxes;  // by name or pattern with * and %; none: the whole account
    std::vector<std::string> users, groups;
    bool operator==(const Grant&) const = default;
};

struct Config {
    std::filesystem::path data;  // the archive's folder; made at first start
    Log log;
    Ledger ledger;
    Sync sync;
    Imap imap;
    Audit audit;
    Search search;
    Attachments attachments;
    Http http;
    std::vector<Account> accounts;  // [[account]]
    std::vector<Journal> journals;  // [[journal]]
    std::vector<User> users;        // [[user]]
    std::vector<Group> groups;      // [[group]]
    std::vector<Grant> grants;      // [[grant]]
    bool operator==(const Config&) const = default;
};

}  // namespace mailhold::config
