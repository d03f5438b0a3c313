// mailhold trust: less security than before, confirmed by people who were shown it. Nobody logs in.
#include <fmt/format.h>

#include <cstdio>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/terminal.hpp"
#include "api/cli/wiring.hpp"
#include "imap/client/downgrade.hpp"
#include "imap/client/look.hpp"
#include "imap/sync/origin_security.hpp"
#include "store/base/file.hpp"

namespace mailhold::cli {
namespace {

void print(std::string_view when, const imap::client::Shown& shown) {
    const auto text = [](const std::string& value) {
        return value.empty() ? std::string("none") : printable(value, Lines::join);
    };
    fmt::print("{}\n  TLS         {}\n  mechanisms  {}\n  key         {}\n  issuer      {}\n", when,
               text(shown.tls), text(fmt::format("{}", fmt::join(shown.mechanisms, " "))),
               text(shown.key), text(shown.issuer));
}

Result<std::optional<imap::client::Shown>> remembered(const config::Config& config,
                                                      const config::Account& account) {
    const auto archive = store::ArchiveReader::open(config.data);
    if (!archive && archive.error().code == Errc::not_found) return std::nullopt;
    if (!archive) return std::unexpected(archive.error());
    const auto known = (*archive)->security(account.name);
    if (!known) return std::unexpected(known.error());
    if (!*known || (*known)->url != account.url.text) return std::nullopt;
    return imap::sync::shown_before(**known);
}

Result<imap::client::Shown> shown_now(const config::Config& config,
                                      const config::Account& account) {
    const auto origin = to_origin(account, config.data);
    imap::client::Endpoint endpoint;
    endpoint.host = origin.host;
    endpoint.port = origin.port;
    endpoint.security = origin.security;
    endpoint.trust = origin.trust;
    endpoint.proxy = origin.proxy;
    endpoint.timeout = origin.timeout;
    imap::net::Runtime runtime(1);
    WorkerPool pool("trust", 1);
    return imap::client::look_at(runtime, pool, std::move(endpoint), config.data);
}

Result<bool> confirmed(const TrustOptions& options) {
    if (options.confirm == Confirm::yes) return true;
    fmt::print("Is that meant to be? Type yes: ");
    std::fflush(stdout);
    const auto answer = read_line();
    if (!answer) return std::unexpected(answer.error());
    return *answer == "yes";
}

}  // namespace

Result<int> trust(const TrustOptions& options) {
    const auto config = load_config(options.place);
    if (!config) return std::unexpected(config.error());
    const auto found = find_account(*config, options.account);
    if (!found) return std::unexpected(found.error());
    const auto* const account = *found;
    const auto before = remembered(*config, *account);
    if (!before) return std::unexpected(before.error());
    const auto now = shown_now(*config, *account);
    if (!now) return std::unexpected(now.error());
    if (*before) print("Before, when it let us in:", **before);
    print("Now:", *now);
    const auto less = *before ? imap::client::less_than(**before, *now) : std::string();
    if (less.empty()) {
        fmt::print("That is no less than before: there is nothing to confirm.\n");
        return success;
    }
    fmt::print("That is less: {}.\n", less);
    const auto agreed = confirmed(options);
    if (!agreed) return std::unexpected(agreed.error());
    if (!*agreed) return difference;
    const auto file = to_origin(*account, config->data).confirmed;
    if (auto made = make_folder(file.parent_path()); !made) return std::unexpected(made.error());
    if (auto kept = write_durably(file, imap::client::confirmation_of(*now)); !kept)
        return std::unexpected(kept.error());
    fmt::print(
        "Confirmed; the next login puts it on record. A running daemon goes on at SIGHUP.\n");
    return success;
}

}  // namespace mailhold::cli
