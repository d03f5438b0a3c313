// The keys of an account, and what must hold between them.
#include "api/config/account_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "api/config/check.hpp"
#include "api/config/nearest.hpp"

namespace mailhold::config {
namespace {

void report(Section& section, std::string_view key, const Wrong& wrong) {
    if (wrong) section.mistake(key, *wrong);
}

enum class Need { one, at_most_one };

// KIND_file, KIND_env or KIND_command. A source without name where none is given.
PasswordSource read_source(Section& section, std::string_view kind, Need need) {
    std::vector<PasswordSource> sources;
    bool unreadable = false;
    auto take = [&](PasswordFrom from, std::string_view suffix, auto value) {
        const auto key = fmt::format("{}_{}", kind, suffix);
        if (!section.read(key, value))
            unreadable |= section.has(key);
        else if (!value.empty())
            sources.push_back({from, std::string(value)});
    };
    take(PasswordFrom::file, "file", std::filesystem::path());
    take(PasswordFrom::environment, "env", std::string());
    take(PasswordFrom::command, "command", std::string());
    const auto all = fmt::format("one of {0}_file, {0}_env and {0}_command", kind);
    if (sources.size() > 1)
        section.mistake("", "keep " + all);
    else if (sources.empty() && !unreadable && need == Need::one)
        section.mistake("", "give " + all);
    return sources.empty() ? PasswordSource{} : sources.front();
}

void read_oauth(Section& section, OAuth& oauth) {
    section.read("token_command", oauth.token_command);
    section.read("token_url", oauth.token_url);
    section.read("device_url", oauth.device_url);
    section.read("client_id", oauth.client_id);
    section.read("scope", oauth.scope);
    section.read("ca_file", oauth.ca_file);
    oauth.client_secret = read_source(section, "client_secret", Need::at_most_one);
    if (oauth.token_command.empty() == oauth.token_url.empty()) {
        section.mistake("", "give token_command, or token_url and client_id");
        return;
    }
    if (!oauth.token_command.empty()) return;
    report(section, "token_url", wrong_https_url(oauth.token_url));
    if (!oauth.device_url.empty()) report(section, "device_url", wrong_https_url(oauth.device_url));
    if (oauth.client_id.empty()) section.mistake("", "client_id is missing");
}

void read_mechanism(Section& section, std::string& mechanism) {
    static const std::vector<std::string> known = {
        "scram-sha-256-plus", "scram-sha-1-plus", "scram-sha-256", "scram-sha-1", "plain", "login",
        "oauthbearer",        "xoauth2",          "external"};
    std::string name;
    if (!section.read("mechanism", name) || name.empty()) return;
    name = lower_case(name);
    if (std::ranges::find(known, name) == known.end()) {
        section.mistake("mechanism",
                        fmt::format("\"{}\" is no mechanism{}", name, suggestion(name, known)));
        return;
    }
    std::ranges::transform(name, std::back_inserter(mechanism), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
}

// What it logs in with: a password, tokens, or the certificate of the line alone.
void read_proof(Section& section, Account& account) {
    section.table("oauth", [&](Section& oauth) { read_oauth(oauth, account.oauth.emplace()); });
    section.read("client_certificate", account.client_certificate);
    section.read("client_key", account.client_key);
    if (account.client_certificate.empty() != account.client_key.empty())
        section.mistake(account.client_key.empty() ? "client_certificate" : "client_key",
                        "client_certificate and client_key are given together, or neither");
    read_mechanism(section, account.mechanism);
    const bool without_password = account.oauth || !account.client_certificate.empty();
    account.password =
        read_source(section, "password", without_password ? Need::at_most_one : Need::one);
    if (account.oauth && !account.password.name.empty())
        section.mistake("", "keep either a password or [account.oauth]");
}

void read_proxy(Section& section, Account& account) {
    std::string url;
    if (!section.read("proxy", url) || url.empty()) return;
    if (auto parsed = parse_proxy_url(url))
        account.proxy = std::move(*parsed);
    else
        section.mistake("proxy", parsed.error().text);
    if (account.url.transport == Transport::insecure)
        section.mistake("proxy", "imap+insecure:// stays on this machine: no proxy can serve it");
}

void read_compression(Section& section, imap::net::Compression& compression) {
    using imap::net::Compression;
    static const std::map<std::string, Compression> known = {{"auto", Compression::automatic},
                                                             {"always", Compression::always},
                                                             {"never", Compression::never}};
    std::string name;
    if (!section.read("compress", name)) return;
    if (const auto found = known.find(name); found != known.end())
        compression = found->second;
    else
        section.mistake("compress", fmt::format("\"{}\" is none of auto, always, never", name));
}

}  // namespace

void read_account(Section& section, Account& account) {
    if (section.require("name", account.name))
        report(section, "name", wrong_account_name(account.name));
    std::string url;
    if (section.require("url", url)) {
        if (auto parsed = parse_origin_url(url))
            account.url = std::move(*parsed);
        else
            section.mistake("url", parsed.error().text);
    }
    read_proof(section, account);
    section.read("ca_file", account.ca_file);
    section.read("pin_sha256", account.pin_sha256);
    for (const auto& pin : account.pin_sha256) report(section, "pin_sha256", wrong_pin(pin));
    section.read("exclude", account.exclude);
    section.read("other_users", account.other_users);
    section.read("shared", account.shared);
    auto& manners = account.manners = manners_of(account.url.host);
    section.read("connections", manners.connections, 1, 64);
    section.read("commands_per_second", manners.commands_per_second, 0, 10'000);
    section.read("mib_per_day", manners.mib_per_day, 0, 1 << 30);
    read_proxy(section, account);
    read_compression(section, account.compression);
    section.read("poll_seconds", account.poll_every, 1, 86'400);
    section.read("timeout_seconds", account.timeout, 1, 3'600);
}

}  // namespace mailhold::config
