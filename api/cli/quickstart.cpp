// The quick start's file and passwords.
#include "api/cli/quickstart.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "api/cli/terminal.hpp"
#include "api/config/check.hpp"
#include "api/config/parse.hpp"
#include "imap/server/login/user.hpp"
#include "store/archive.hpp"
#include "store/base/file.hpp"

namespace mailhold::cli {
namespace {

constexpr const char* variable = "MAILHOLD_PASSWORD";

Status have_origin_password(const config::OriginUrl& url) {
    const char* given = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): before any thread
    if (given != nullptr && *given != '\0') return {};
    auto typed = prompt_hidden(fmt::format("Password of {} at {}: ", url.user, url.host));
    if (!typed && typed.error().code == Errc::unsupported)
        return fail(
            Errc::invalid,
            fmt::format("there is no terminal to ask for the password: give it in ${}", variable));
    if (!typed) return std::unexpected(typed.error());
    ::setenv(variable, typed->c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    return {};
}

// 100 bits, in letters that cannot be mistaken for one another.
Result<std::string> random_password() {
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
    static_assert(letters.size() == 32);
    std::array<unsigned char, 20> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        return fail(Errc::io, "no random numbers can be had");
    std::string password;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i > 0 && i % 5 == 0) password += '-';
        password += letters[random[i] % letters.size()];
    }
    return password;
}

}  // namespace

std::string quick_start_name(const config::OriginUrl& url) {
    auto name = url.user.substr(0, url.user.find('@'));
    return config::wrong_account_name(name) ? "mail" : name;
}

std::string quick_start_toml(const config::OriginUrl& url, const std::string& password_hash) {
    // A URL has no quotes and no backslashes (RFC 3986), and account names have none by our own
    // rule.
    auto name = quick_start_name(url);
    return fmt::format(
        "# Written by `mailhold serve URL --data DIR`. Use it with --config; MAILHOLD_PASSWORD is "
        "the origin's password.\n"
        "# `mailhold config` explains every key.\n"
        "data = \".\"\n\n"
        "[[account]]\n"
        "name         = \"{0}\"\n"
        "url          = \"{1}\"\n"
        "password_env = \"{2}\"        # or password_file, password_command\n\n"
        "[[user]]\n"
        "name          = \"{0}\"\n"
        "password_hash = \"{3}\"\n"
        "accounts      = [\"{0}\"]\n",
        name, url.text, variable, password_hash);
}

namespace {

Result<QuickStart> begin(const config::OriginUrl& url, const std::filesystem::path& file) {
    auto password = random_password();
    if (!password) return std::unexpected(password.error());
    const auto toml = quick_start_toml(url, imap::server::hash_password(*password));
    // Checked before it is written: what is on disk can always be used.
    auto config = config::parse(toml, file.parent_path());
    if (!config)
        return fail(Errc::invalid, fmt::format("{}: {}", url.text, config.error().front().text));
    if (auto asked = have_origin_password(url); !asked) return std::unexpected(asked.error());
    if (auto made = make_folder(file.parent_path()); !made) return std::unexpected(made.error());
    if (auto written = write_durably(file, toml, 0600); !written)
        return std::unexpected(written.error());
    return QuickStart{std::move(*config), file, std::move(*password)};
}

// Nothing was mirrored into it yet: the first URL may have had a slip in it.
Result<bool> has_no_mail(const std::filesystem::path& data) {
    std::error_code error;
    if (!std::filesystem::exists(data / "ledger", error)) return true;
    auto archive = store::Archive::open(data);  // refused beside a running daemon
    if (!archive) return std::unexpected(archive.error());
    const auto totals = (*archive)->totals();
    if (!totals) return std::unexpected(totals.error());
    return totals->messages == 0;
}

Result<QuickStart> go_on(const config::OriginUrl& url, const std::filesystem::path& file) {
    auto config = config::load(file);
    if (!config) return std::unexpected(config.error());
    const bool same = config->accounts.size() == 1 && config->accounts[0].url.text == url.text;
    if (!same) {
        const auto empty = has_no_mail(file.parent_path());
        if (!empty) return std::unexpected(empty.error());
        if (*empty) return begin(url, file);
        return fail(Errc::invalid,
                    fmt::format("{} was written for another origin than {}: give another --data "
                                "folder, or start this one with --config {}",
                                file.string(), url.text, file.string()));
    }
    if (auto asked = have_origin_password(url); !asked) return std::unexpected(asked.error());
    return QuickStart{std::move(*config), file, {}};
}

}  // namespace

Result<QuickStart> quick_start(const std::string& text, const std::filesystem::path& data) {
    auto url = config::parse_origin_url(text);
    if (!url) return std::unexpected(url.error());
    const auto file = data / "quickstart.toml";
    std::error_code error;
    return std::filesystem::exists(file, error) ? go_on(*url, file) : begin(*url, file);
}

}  // namespace mailhold::cli
