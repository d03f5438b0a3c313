// The quick start's file and passwords.
#include "api/cli/quickstart.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "api/cli/terminal.hpp"
#include "api/config/check.hpp"
#include "api/config/parse.hpp"
#include "imap/server/server.hpp"
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

Result<QuickStart> quick_start(const std::string& text, const std::filesystem::path& data) {
    auto url = config::parse_origin_url(text);
    if (!url) return std::unexpected(url.error());
    QuickStart start;
    start.file = data / "quickstart.toml";
    std::error_code error;
    if (!std::filesystem::exists(start.file, error)) {
        if (auto asked = have_origin_password(*url); !asked) return std::unexpected(asked.error());
        auto password = random_password();
        if (!password) return std::unexpected(password.error());
        if (auto made = make_folder(data); !made) return std::unexpected(made.error());
        auto toml = quick_start_toml(*url, imap::server::hash_password(*password));
        if (auto written = write_durably(start.file, toml, 0600); !written)
            return std::unexpected(written.error());
        start.new_password = std::move(*password);
    }
    auto config = config::load(start.file);
    if (!config) return std::unexpected(config.error());
    start.config = std::move(*config);
    bool same = start.config.accounts.size() == 1 && start.config.accounts[0].url.text == text;
    if (!same)
        return fail(
            Errc::invalid,
            fmt::format("{} was made for something else: choose another folder, or start it with "
                        "--config {}",
                        data.string(), start.file.string()));
    if (start.new_password.empty())
        if (auto asked = have_origin_password(*url); !asked) return std::unexpected(asked.error());
    return start;
}

}  // namespace mailhold::cli
