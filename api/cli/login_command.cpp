// mailhold login: consent to read an account's mail, by device authorisation (RFC 8628) or with a refresh
// token that was had elsewhere.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/terminal.hpp"
#include "api/cli/wiring.hpp"
#include "imap/client/token_keeper.hpp"

namespace mailhold::cli {
namespace {

using imap::client::Grant;

// RFC 8628 3.5: this much longer between questions where the server says slow_down.
constexpr std::chrono::seconds slower{5};

Result<Grant> ask_on_a_device(const TokenEndpoint& endpoint) {
    const auto code = imap::client::ask_for_device_code(endpoint.client, endpoint.post);
    if (!code) return std::unexpected(code.error());
    fmt::print("Open   {}\nEnter  {}\n", printable(code->verification_url, Lines::join),
               printable(code->user_code, Lines::join));
    std::fflush(stdout);
    const auto end = std::chrono::steady_clock::now() + code->expires;
    auto interval = code->interval;
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(interval);  // as the server bids; nothing else is to be done
        auto answer = imap::client::ask_for_device_grant(endpoint.client, *code, endpoint.post);
        // RFC 8628 3.5: trouble of the line is asked through, more slowly.
        const bool passing = !answer && (answer.error().code == Errc::network ||
                                         answer.error().code == Errc::timeout);
        if (!answer && !passing) return std::unexpected(answer.error());
        if (answer && answer->grant) return std::move(*answer->grant);
        if (passing || answer->pending == imap::client::Pending::slow_down) interval += slower;
    }
    return fail(Errc::timeout, "the code has expired before anybody consented; nothing was kept");
}

// A refresh token typed or piped in; used once, to see that it counts.
Result<Grant> ask_for_token(const TokenEndpoint& endpoint) {
    auto token = is_terminal(stdin) ? prompt_hidden("Refresh token: ") : read_line();
    if (!token) return std::unexpected(token.error());
    auto grant = imap::client::refresh(endpoint.client, *token, endpoint.post);
    if (grant && !grant->refresh_token) grant->refresh_token = std::move(*token);
    return grant;
}

}  // namespace

Result<int> login(const LoginOptions& options) {
    const auto config = load_config(options.place);
    if (!config) return std::unexpected(config.error());
    const auto found = find_account(*config, options.account);
    if (!found) return std::unexpected(found.error());
    const auto* const account = *found;
    const auto endpoint = token_endpoint(*account);
    if (!endpoint) return std::unexpected(endpoint.error());
    auto grant =
        endpoint->client.device_url.empty() ? ask_for_token(*endpoint) : ask_on_a_device(*endpoint);
    if (!grant) return std::unexpected(grant.error());
    if (!grant->refresh_token)
        return fail(Errc::protocol,
                    "consent was given, but no refresh token with it; ask for it in scope "
                    "(offline_access)");
    const auto file = token_file(*account, config->data);
    if (auto kept = imap::client::TokenKeeper::keep(file, *grant->refresh_token); !kept)
        return std::unexpected(kept.error());
    fmt::print(
        "{} may be read; its refresh token is kept in {}. A running daemon goes on at SIGHUP.\n",
        account->name, file.string());
    return success;
}

}  // namespace mailhold::cli
