// The known keys, one function a section, then what must hold between sections. The order of the
// file is free.
#include "api/config/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "api/config/account_section.hpp"
#include "api/config/check.hpp"
#include "api/config/duration.hpp"
#include "api/config/nearest.hpp"
#include "api/config/section.hpp"
#include "imap/net/networks.hpp"
#include "imap/net/tls.hpp"
#include "store/base/file.hpp"

namespace mailhold::config {
namespace {

// One of a few words.
template <class Value>
void read_word(Section& section, std::string_view key, Value& target,
               const std::map<std::string, Value>& words) {
    std::string name;
    if (!section.read(key, name)) return;
    if (auto word = words.find(name); word != words.end()) {
        target = word->second;
        return;
    }
    std::vector<std::string> names;
    for (const auto& [known, value] : words) names.push_back(known);
    section.mistake(key, fmt::format("\"{}\" is no {}{}", name, key, suggestion(name, names)));
}

void read_log(Section& section, Log& log) {
    using enum log::Level;
    read_word(
        section, "level", log.level,
        {{"debug", debug}, {"info", info}, {"warning", warning}, {"error", error}, {"off", off}});
}

void read_ledger(Section& section, Ledger& ledger) {
    section.read("segment_mib", ledger.segment_mib, 1, 4'096);
    section.read("checkpoint_seconds", ledger.checkpoint_every, 1, 86'400);
}

void report(Section& section, std::string_view key, const Wrong& wrong) {
    if (wrong) section.mistake(key, *wrong);
}

void read_networks(Section& section, std::string_view key, std::vector<std::string>& networks) {
    section.read(key, networks);
    for (const auto& network : networks)
        if (!imap::net::parse_network(network))
            section.mistake(key, fmt::format("\"{}\" is no network like 192.0.2.0/24, "
                                             "2001:db8::/32, or one address",
                                             network));
}

void read_tokens(Section& section, Tokens& tokens) {
    if (section.require("introspection_url", tokens.introspection_url))
        report(section, "introspection_url", wrong_https_url(tokens.introspection_url));
    section.require("client_id", tokens.client_id);
    tokens.client_secret.from = PasswordFrom::file;
    if (std::filesystem::path file; section.require("client_secret_file", file))
        tokens.client_secret.name = file.string();
    if (section.read("user_claim", tokens.user_claim) && tokens.user_claim.empty())
        section.mistake("user_claim", "is empty");
    section.read("scope", tokens.scope);
    report(section, "scope", wrong_scope(tokens.scope));
    section.read("audience", tokens.audience);
    section.read("ca_file", tokens.ca_file);
    section.read("timeout_seconds", tokens.timeout, 1, 60);
}

void read_imap(Section& section, Imap& imap) {
    section.read("listen", imap.listen);
    section.read("listen_tls", imap.listen_tls);
    read_networks(section, "proxy_from", imap.proxy_from);
    section.read("certificate", imap.certificate);
    section.read("private_key", imap.private_key);
    section.read("client_ca", imap.client_ca);
    section.table("oauth", [&](Section& oauth) { read_tokens(oauth, imap.oauth.emplace()); });
    section.read("allow_plaintext_login", imap.allow_plaintext_login);
    section.read("compress", imap.compress);
    section.read("personal_flags", imap.personal_flags);
    section.read("message_limit", imap.message_limit, 0, 1'000'000'000);
    if (imap.message_limit > 0 && imap.message_limit < 1'000)
        section.mistake("message_limit", "is 1000 at least (RFC 9738 3), or 0 for none");
    section.read("connections", imap.connections, 1, 1'000'000);
    section.read("connections_per_user", imap.connections_per_user, 1, 1'000'000);
    section.read("strangers", imap.strangers, 1, 1'000'000);
    section.read("strangers_per_address", imap.strangers_per_address, 1, 1'000'000);
    section.read("login_timeout_seconds", imap.login_timeout, 1, 3'600);
    section.read("idle_timeout_minutes", imap.idle_timeout, 30, 1'440);  // RFC 3501 5.4
    if (imap.certificate.empty() != imap.private_key.empty())
        section.mistake(imap.certificate.empty() ? "private_key" : "certificate",
                        "certificate and private_key are given together, or neither");
}

void read_audit(Section& section, Audit& audit) {
    using enum store::Accessed::What;
    using enum store::Audit::Mode;
    read_word(section, "mode", audit.mode, {{"off", off}, {"follow", follow}, {"strict", strict}});
    std::vector<std::string> names;
    section.read("leave_out", names);
    for (const auto& name : names) {
        if (const auto what = store::what_named(name))
            audit.leave_out.insert(*what);
        else
            section.mistake("leave_out", fmt::format("\"{}\" is no kind of access", name));
    }
}

void read_search(Section& section, Search& search) {
    section.read("max_seconds", search.time, 1, 3'600);
    section.read("max_memory_mib", search.memory_mib, 1, 65'536);
    section.read("per_user", search.per_user, 1, 64);
    section.read("waiting_per_user", search.waiting_per_user, 1, 100'000);
    section.read("body_includes_attachments", search.body_includes_attachments);
}

void read_attachments(Section& section, Attachments& attachments) {
    section.read("workers", attachments.workers, 1, 64);
    section.read("text_mib", attachments.text_mib, 1, 1'024);
    section.read("seconds", attachments.seconds, 1, 60);
}

void read_sync(Section& section, Sync& sync) {
    section.read("reserve_mib", sync.reserve_mib, 0, 1'048'576);
    std::string text;
    if (!section.read("reconcile_every", text)) return;
    if (const auto every = parse_duration(text))
        sync.reconcile_every = *every;
    else
        section.mistake("reconcile_every",
                        fmt::format("\"{}\" is no time like 90s, 30m, 12h, 1d or never", text));
}

void read_http(Section& section, Http& http) {
    section.read("listen", http.listen);
    section.read("names", http.names);
    for (auto& name : http.names) name = lower_case(name);
}

void read_journal(Section& section, Journal& journal) {
    using enum intake::journal::Protocol;
    if (std::string text; section.require("listen", text)) {
        if (auto listen = parse_endpoint(text))
            journal.listen = std::move(*listen);
        else
            section.mistake("listen", listen.error().text);
    }
    read_word(section, "protocol", journal.protocol, {{"lmtp", lmtp}, {"smtp", smtp}});
    if (section.require("account", journal.account))
        report(section, "account", wrong_account_name(journal.account));
    read_networks(section, "networks", journal.networks);
    section.read("recipients", journal.recipients);
    section.read("max_size_mib", journal.max_size_mib, 1, 2'048);
    section.read("connections", journal.connections, 1, 10'000);
    section.read("reports", journal.reports);
    section.read("report_senders", journal.report_senders);
    if (!journal.reports && !journal.report_senders.empty())
        section.mistake("report_senders", "means nothing without reports = true");
}

void read_user(Section& section, User& user) {
    if (section.require("name", user.name)) report(section, "name", wrong_user_name(user.name));
    if (section.require("password_hash", user.password_hash))
        report(section, "password_hash", wrong_password_hash(user.password_hash));
    section.read("accounts", user.accounts);
    section.read("certificate", user.certificate);
    for (auto& certificate : user.certificate) {
        auto name = imap::net::certificate_name(certificate);
        if (name)
            certificate = std::move(*name);
        else
            section.mistake(
                "certificate",
                fmt::format("\"{}\" is neither the SHA-256 of a certificate, as `openssl "
                            "x509 -noout -fingerprint -sha256` prints it, nor an e-mail "
                            "address",
                            certificate));
    }
    if (section.read("scram", user.scram)) report(section, "scram", wrong_scram(user.scram));
    section.read("workspace_mib", user.workspace_mib, 0, 1'000'000'000);
    section.read("workspace_messages", user.workspace_messages, 0, 4'000'000'000);
    section.read("workspaces", user.workspaces, 0, 1'000);
}

void read_group(Section& section, Group& group) {
    if (section.require("name", group.name)) report(section, "name", wrong_user_name(group.name));
    section.require("members", group.members);
}

void read_grant(Section& section, Grant& grant) {
    section.require("account", grant.account);
    if (section.read("mailboxes", grant.mailboxes) && grant.mailboxes.empty())
        section.mistake("mailboxes", "is empty: leave it out to grant the whole account");
    section.read("users", grant.users);
    section.read("groups", grant.groups);
    if (grant.users.empty() && grant.groups.empty())
        section.mistake("", "names neither users nor groups");
}

// Where each element of a list stands in the file, for what is checked after everything is read.
struct Lines {
    std::vector<std::size_t> account_names, user_names, user_accounts, group_names, grants,
        journals;
    std::size_t listen = 0, listen_tls = 0, http = 0;
};

void read_everything(Section& top, Config& config, Lines& lines) {
    if (top.require("data", config.data) && config.data.empty()) top.mistake("data", "is empty");
    top.table("log", [&](Section& section) { read_log(section, config.log); });
    top.table("ledger", [&](Section& section) { read_ledger(section, config.ledger); });
    top.table("imap", [&](Section& section) {
        read_imap(section, config.imap);
        lines.listen = section.line_of("listen");
        lines.listen_tls = section.line_of("listen_tls");
    });
    top.table("audit", [&](Section& section) { read_audit(section, config.audit); });
    top.table("search", [&](Section& section) { read_search(section, config.search); });
    top.table("attachments",
              [&](Section& section) { read_attachments(section, config.attachments); });
    top.table("sync", [&](Section& section) { read_sync(section, config.sync); });
    top.table("http", [&](Section& section) {
        read_http(section, config.http);
        lines.http = section.line_of("listen");
    });
    top.tables("account", [&](Section& section) {
        read_account(section, config.accounts.emplace_back());
        lines.account_names.push_back(section.line_of("name"));
    });
    for (auto& account : config.accounts) {
        account.reconcile_every = config.sync.reconcile_every;
        account.reserve_mib = config.sync.reserve_mib;
    }
    top.tables("journal", [&](Section& section) {
        read_journal(section, config.journals.emplace_back());
        lines.journals.push_back(section.line_of("account"));
    });
    top.tables("user", [&](Section& section) {
        read_user(section, config.users.emplace_back());
        lines.user_names.push_back(section.line_of("name"));
        lines.user_accounts.push_back(section.line_of("accounts"));
    });
    top.tables("group", [&](Section& section) {
        read_group(section, config.groups.emplace_back());
        lines.group_names.push_back(section.line_of("name"));
    });
    top.tables("grant", [&](Section& section) {
        read_grant(section, config.grants.emplace_back());
        lines.grants.push_back(section.line());
    });
}

// Names of one kind differ, also for programs that disregard case.
template <class Named>
void check_distinct(const std::vector<Named>& all, const std::vector<std::size_t>& lines,
                    std::string_view kind, Reading& reading) {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].name.empty()) continue;
        auto [earlier, is_new] = first.emplace(lower_case(all[i].name), lines[i]);
        if (!is_new)
            reading.mistake(lines[i], fmt::format("[[{}]] name: \"{}\" stands in line {} already",
                                                  kind, all[i].name, earlier->second));
    }
}

bool is_every_address(const Endpoint& at) {
    return at.host == "*" || at.host == "0.0.0.0" || at.host == "::";
}

// Two cannot listen on one port of the same address; port 0 is a different one each time.
void check_ports(const Config& config, const Lines& lines, Reading& reading) {
    struct Use {
        Endpoint at;
        std::string_view key;
        std::size_t line;
    };
    std::vector<Use> uses;
    for (const auto& at : config.imap.listen) uses.push_back({at, "[imap] listen", lines.listen});
    for (const auto& at : config.imap.listen_tls)
        uses.push_back({at, "[imap] listen_tls", lines.listen_tls});
    if (config.http.listen) uses.push_back({*config.http.listen, "[http] listen", lines.http});
    for (std::size_t i = 0; i < config.journals.size(); ++i)
        uses.push_back({config.journals[i].listen, "[[journal]] listen", lines.journals[i]});
    for (auto use = uses.begin(); use != uses.end(); ++use) {
        const auto clash = std::find_if(uses.begin(), use, [&](const Use& earlier) {
            return earlier.at.port == use->at.port && use->at.port != 0 &&
                   (earlier.at.host == use->at.host || is_every_address(earlier.at) ||
                    is_every_address(use->at));
        });
        if (clash != use)
            reading.mistake(use->line, fmt::format("{}: {} is taken by {} already", use->key,
                                                   to_text(use->at), clash->key));
    }
}

// What is handed in and what is fetched from an origin are never in one account.
void check_journals(const Config& config, const Lines& lines, Reading& reading) {
    for (std::size_t i = 0; i < config.journals.size(); ++i) {
        const auto& wanted = config.journals[i].account;
        const auto same = [&](const Account& account) {
            return lower_case(account.name) == lower_case(wanted);
        };
        if (std::ranges::any_of(config.accounts, same))
            reading.mistake(lines.journals[i],
                            fmt::format("[[journal]] account: \"{}\" mirrors an origin; a journal "
                                        "needs an account of its own",
                                        wanted));
    }
}

void check_user_accounts(const Config& config, const std::vector<std::size_t>& lines,
                         Reading& reading) {
    for (std::size_t i = 0; i < config.users.size(); ++i) {
        const auto& wanted = config.users[i].accounts;
        for (auto name = wanted.begin(); name != wanted.end(); ++name) {
            if (std::find(wanted.begin(), name, *name) != name)
                reading.mistake(lines[i],
                                fmt::format("[[user]] accounts: \"{}\" stands there twice", *name));
        }
        if (wanted.empty() && grants_of(config, config.users[i].name).empty())
            reading.mistake(lines[i], "[[user]] accounts: is empty: this user would see no mail");
    }
}

// Whoever is named is there: a slip of the pen must not look like a grant.
void check_named(const std::vector<std::string>& named, const std::vector<std::string>& known,
                 std::string_view where, std::string_view kind, std::size_t line,
                 Reading& reading) {
    for (const auto& name : named) {
        if (std::ranges::find(known, name) == known.end())
            reading.mistake(line, fmt::format("{}: there is no [[{}]] \"{}\"{}", where, kind, name,
                                              suggestion(name, known)));
    }
}

void check_grants(const Config& config, const Lines& lines, Reading& reading) {
    std::vector<std::string> users, groups;
    for (const auto& user : config.users) users.push_back(user.name);
    for (const auto& group : config.groups) groups.push_back(group.name);
    for (std::size_t i = 0; i < config.groups.size(); ++i)
        check_named(config.groups[i].members, users, "[[group]] members", "user",
                    lines.group_names[i], reading);
    for (std::size_t i = 0; i < config.grants.size(); ++i) {
        check_named(config.grants[i].users, users, "[[grant]] users", "user", lines.grants[i],
                    reading);
        check_named(config.grants[i].groups, groups, "[[grant]] groups", "group", lines.grants[i],
                    reading);
    }
}

}  // namespace

std::expected<Config, std::vector<Mistake>> parse(std::string_view text,
                                                  const std::filesystem::path& folder) {
    constexpr std::size_t most = 1 << 20;
    if (text.size() > most)
        return std::unexpected(std::vector<Mistake>{{0, "a configuration of over 1 MiB"}});
    Reading reading{folder, {}};
    Config config;
    try {
        toml::table table = toml::parse(text);
        Lines lines;
        {
            Section top(reading, table, "", 0);
            read_everything(top, config, lines);
        }
        check_distinct(config.accounts, lines.account_names, "account", reading);
        check_distinct(config.users, lines.user_names, "user", reading);
        check_distinct(config.groups, lines.group_names, "group", reading);
        check_user_accounts(config, lines.user_accounts, reading);
        check_grants(config, lines, reading);
        check_journals(config, lines, reading);
        check_ports(config, lines, reading);
    } catch (const toml::parse_error& error) {
        reading.mistake(error.source().begin.line,
                        fmt::format("not TOML: {}", error.description()));
    }
    if (reading.mistakes.empty()) return config;
    std::ranges::sort(reading.mistakes);
    return std::unexpected(std::move(reading.mistakes));
}

Result<Config> load(const std::filesystem::path& file) {
    auto text = read_file(file);
    if (!text) return std::unexpected(text.error());
    auto parsed = parse(*text, std::filesystem::absolute(file).parent_path());
    if (parsed) return std::move(*parsed);
    std::string mistakes;
    for (const auto& mistake : parsed.error()) {
        if (!mistakes.empty()) mistakes += '\n';
        mistakes += mistake.line == 0
                        ? fmt::format("{}: {}", file.string(), mistake.text)
                        : fmt::format("{}:{}: {}", file.string(), mistake.line, mistake.text);
    }
    return fail(Errc::invalid, std::move(mistakes));
}

}  // namespace mailhold::config
