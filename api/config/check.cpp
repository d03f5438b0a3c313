// Names, hashes and pins that the rest of the program can rely on.
#include "api/config/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "api/config/config.hpp"
#include "api/config/nearest.hpp"
#include "store/base/file.hpp"

namespace mailhold::config {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Base64 without padding, as argon2's strings use it.
bool is_base64(std::string_view text) {
    return !text.empty() && text.find_first_not_of(alphabet) == std::string_view::npos;
}

// Of base64 without padding; 0 where its last digit stands alone.
std::size_t octets_of(std::string_view base64) {
    return base64.size() % 4 == 1 ? 0 : base64.size() * 3 / 4;
}

// The number of "m=65536", without leading zeros.
std::optional<std::uint32_t> number_after(std::string_view name, std::string_view text) {
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && !text.starts_with('0') ? std::optional(value) : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (std::size_t begin = 0; begin <= text.size();) {
        auto end = std::min(text.find(separator, begin), text.size());
        pieces.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return pieces;
}

}  // namespace

std::vector<std::string> unknown_accounts(const Config& config,
                                          const std::vector<std::string>& archived) {
    auto names = archived;
    for (const auto& account : config.accounts) names.push_back(account.name);
    for (const auto& journal : config.journals) names.push_back(journal.account);
    std::vector<std::string> problems;
    const auto check = [&](const std::string& where, const std::string& name) {
        if (std::ranges::find(names, name) != names.end()) return;
        problems.push_back(fmt::format("{}: there is no [[account]] \"{}\", and no mail of one{}",
                                       where, name, suggestion(name, names)));
    };
    for (const auto& user : config.users) {
        for (const auto& name : user.accounts)
            check(fmt::format("[[user]] \"{}\" accounts", user.name), name);
    }
    for (const auto& grant : config.grants) check("[[grant]] account", grant.account);
    return problems;
}

std::vector<std::string> groups_of(const Config& config, std::string_view user) {
    std::vector<std::string> groups;
    for (const auto& group : config.groups) {
        if (std::ranges::find(group.members, user) != group.members.end())
            groups.push_back(group.name);
    }
    return groups;
}

std::vector<Grant> grants_of(const Config& config, std::string_view user) {
    const auto groups = groups_of(config, user);
    const auto named = [&](const Grant& grant) {
        return std::ranges::find(grant.users, user) != grant.users.end() ||
               std::ranges::any_of(grant.groups, [&](const std::string& group) {
                   return std::ranges::find(groups, group) != groups.end();
               });
    };
    std::vector<Grant> grants;
    std::ranges::copy_if(config.grants, std::back_inserter(grants), named);
    return grants;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

Wrong wrong_account_name(std::string_view name) {
    constexpr std::size_t longest = 100;
    // INBOX has a meaning of its own (RFC 3501 5.1); the others stand beside the accounts at the
    // top.
    constexpr std::array<std::string_view, 7> taken = {
        "inbox", "all mail", "ever seen", "workspaces", "other users", "searches", "holds"};
    if (name.empty()) return "is empty";
    if (name.size() > longest) return fmt::format("is longer than {} octets", longest);
    if (has_control(name)) return "holds a control character";
    if (name.find_first_of("/*%\"\\") != std::string_view::npos)
        return "names a mailbox, which holds none of / * % \" \\";
    if (name.front() == ' ' || name.back() == ' ' || name == "." || name == "..")
        return "names a mailbox, which neither begins nor ends with a blank and is not . or ..";
    if (std::ranges::find(taken, lower_case(name)) != taken.end())
        return fmt::format("\"{}\" is a mailbox of its own: choose another name", name);
    return std::nullopt;
}

// It stands in the names of the workspaces that he shares, and in the lists of whom they are shared
// with (RFC 4314 2).
Wrong wrong_user_name(std::string_view name) {
    constexpr std::size_t longest = 190;
    if (name.empty()) return "is empty";
    if (name.size() > longest) return fmt::format("is longer than {} octets", longest);
    if (has_control(name)) return "holds a control character";
    if (name.find_first_of("/*%") != std::string_view::npos) return "holds one of / * %";
    if (name.front() == '-' || name.front() == '$') return "begins with - or $";
    if (name == "anyone") return "means everybody";
    return std::nullopt;
}

// SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER, as PostgreSQL writes it too.
Wrong wrong_scram(std::string_view verifier) {
    if (verifier.empty()) return std::nullopt;
    constexpr std::string_view wrong = "is no verifier that `mailhold passwd --scram` prints";
    constexpr std::uint32_t least = 4'096, most = 1'000'000;  // RFC 7677 4
    constexpr std::size_t key = 44;                           // 32 octets in base64
    const auto pieces = split(verifier, '$');
    if (pieces.size() != 3 || pieces[0] != "SCRAM-SHA-256") return std::string(wrong);
    const auto salt = split(pieces[1], ':'), keys = split(pieces[2], ':');
    if (salt.size() != 2 || keys.size() != 2) return std::string(wrong);
    const auto iterations = number_after("", salt[0]);
    const auto padded = [](std::string_view text) {
        return is_base64(text.substr(0, text.find('=')));
    };
    if (!iterations || *iterations < least || *iterations > most || !padded(salt[1]) ||
        !padded(keys[0]) || !padded(keys[1]) || keys[0].size() != key || keys[1].size() != key)
        return std::string(wrong);
    return std::nullopt;
}

// $argon2id$v=19$m=65536,t=2,p=1$SALT$HASH, the form of the argon2 reference and of libsodium, with
// what RFC 9106 3.1 allows, and no more than a login may cost: one wrong digit must not lock its
// user out, nor take all memory.
Wrong wrong_password_hash(std::string_view hash) {
    auto pieces = split(hash, '$');
    bool good = pieces.size() == 6 && pieces[0].empty() && pieces[1] == "argon2id" &&
                pieces[2] == "v=19" && is_base64(pieces[4]) && is_base64(pieces[5]);
    if (good) {
        const auto costs = split(pieces[3], ',');
        const auto lanes = costs.size() == 3 ? number_after("p=", costs[2]) : std::nullopt;
        const auto memory = lanes ? number_after("m=", costs[0]) : std::nullopt;
        const auto passes = memory ? number_after("t=", costs[1]) : std::nullopt;
        good = passes && *lanes >= 1 && *lanes <= 255 && *passes >= 1 && *passes <= 1'000 &&
               *memory >= 8 * *lanes && *memory <= 4 << 20 && octets_of(pieces[4]) >= 8 &&
               octets_of(pieces[4]) <= 64 && octets_of(pieces[5]) >= 16 &&
               octets_of(pieces[5]) <= 64;
    }
    if (good) return std::nullopt;
    return "is no argon2id hash ($argon2id$v=19$m=...): make one with `mailhold passwd`";
}

std::vector<std::string> unreadable_files(const Config& config) {
    std::vector<std::string> problems;
    const auto look_at = [&](std::string what, const std::filesystem::path& file) {
        if (file.empty()) return;
        const auto octets = read_file(file);
        if (!octets) problems.push_back(fmt::format("{}: {}", what, octets.error().text));
    };
    look_at("[imap] certificate", config.imap.certificate);
    look_at("[imap] private_key", config.imap.private_key);
    look_at("[imap] client_ca", config.imap.client_ca);
    if (const auto& oauth = config.imap.oauth) {
        look_at("[imap.oauth] client_secret_file", oauth->client_secret.name);
        look_at("[imap.oauth] ca_file", oauth->ca_file);
    }
    for (const auto& account : config.accounts) {
        const auto what = [&](std::string_view key) {
            return fmt::format("[[account]] \"{}\" {}", account.name, key);
        };
        if (account.password.from == PasswordFrom::file)
            look_at(what("password_file"), account.password.name);
        look_at(what("ca_file"), account.ca_file);
        look_at(what("client_certificate"), account.client_certificate);
        look_at(what("client_key"), account.client_key);
        if (!account.oauth) continue;
        if (account.oauth->client_secret.from == PasswordFrom::file)
            look_at(what("oauth client_secret_file"), account.oauth->client_secret.name);
        look_at(what("oauth ca_file"), account.oauth->ca_file);
    }
    return problems;
}

// RFC 7469 2.4: the base64 of a SHA-256; 32 octets are 43 digits and one "=", the last digit with
// two bits unused.
Wrong wrong_pin(std::string_view pin) {
    bool good = pin.size() == 44 && pin.ends_with('=') && is_base64(pin.substr(0, 43)) &&
                alphabet.find(pin[42]) % 4 == 0;
    if (good) return std::nullopt;
    return fmt::format(
        "\"{}\" is not the base64 of a SHA-256 (44 characters, the last one =): `openssl x509 "
        "-pubkey "
        "-noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64` makes "
        "it "
        "from a certificate",
        pin);
}

Wrong wrong_https_url(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    // RFC 3986 3.2. The URL is not repeated: it is logged otherwise, and this part would be secret.
    if (const auto at = url.find("://"); at != std::string_view::npos) {
        const auto authority = url.substr(at + 3);
        if (authority.substr(0, authority.find_first_of("/?#\\")).contains('@'))
            return "holds a name or a password before an @: that is for client_id and for "
                   "client_secret_file";
    }
    const bool blank = std::ranges::any_of(
        url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
    if (url.starts_with(scheme) && url.size() > scheme.size() && !blank) return std::nullopt;
    return fmt::format("\"{}\" is no URL of the form https://host/path", url);
}

Wrong wrong_scope(std::string_view scope) {
    const bool good = std::ranges::all_of(
        scope, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (good) return std::nullopt;
    return fmt::format("\"{}\" is no scope", scope);
}

}  // namespace mailhold::config
