// What a server, or a token endpoint, says while we log in: challenges, refusals, throttles, JSON. Any octets
// give an answer or an error; no secret comes out in an error; no wait is absurd.
#include <string>
#include <string_view>

#include "imap/client/client_core.hpp"
#include "imap/client/login.hpp"
#include "imap/client/manners.hpp"
#include "imap/client/oauth.hpp"
#include "imap/client/sasl.hpp"

namespace {

using namespace mailhold;
using namespace mailhold::imap;

constexpr std::string_view secret = "5ecret-5ecret";

void require_discreet(const Error& error) {
    MAILHOLD_ASSERT(!error.text.contains(secret));
}

// The server's first challenge begins with the client's nonce, or nothing behind it would be reached.
void converse(std::string_view octets) {
    for (const auto* mechanism : {"SCRAM-SHA-256", "SCRAM-SHA-1", "LOGIN", "OAUTHBEARER"}) {
        auto exchange = client::SaslExchange::start(
            mechanism, {.user = "alice", .secret = std::string(secret), .host = "h", .port = 1});
        auto first = exchange->answer({});
        MAILHOLD_ASSERT(first.has_value());
        const auto nonce = first->find("r=");
        auto challenge = nonce == std::string::npos ? std::string() : first->substr(nonce);
        challenge += octets;
        for (int round = 0; round < 3; ++round) {
            const auto answer = exchange->answer(round == 0 ? challenge : octets);
            if (!answer) require_discreet(answer.error());
            if (!answer) break;
            // Nobody but who knows the password finishes SCRAM.
            MAILHOLD_ASSERT(!std::string_view(mechanism).starts_with("SCRAM") ||
                            !exchange->finished());
        }
    }
}

void listen(std::string_view octets) {
    client::ClientCore core(client::ClientCore::Start::after_starttls);
    core.submit(wire::Authenticate{"PLAIN", std::nullopt});
    core.take_output();
    core.feed(octets);
    client::Manners manners({.commands_a_second = 3, .octets_a_day = 1000});
    const client::Manners::Time now{std::chrono::hours(1)};
    for (int events = 0; events < 1000; ++events) {
        const auto event = core.next();
        if (std::holds_alternative<client::ClientCore::Nothing>(event) ||
            std::holds_alternative<client::ClientCore::Broken>(event))
            break;
        if (std::holds_alternative<client::ClientCore::Challenge>(event)) core.give_up();
        const auto* data = std::get_if<client::ClientCore::Data>(&event);
        const auto* said =
            data == nullptr ? nullptr : std::get_if<wire::StatusResponse>(&data->response);
        if (said != nullptr) manners.told(*said, now);
        if (said != nullptr) client::login_refused({}, *said);
    }
    const auto hold = manners.hold(now);
    MAILHOLD_ASSERT(!hold || hold->until <= now + std::chrono::hours(24));
}

void read_grants(std::string_view octets) {
    const client::OAuthClient application{"https://t", "https://d", "id",
                                          [] { return Result<std::string>(secret); }, ""};
    for (const long status : {200L, 400L, 503L}) {
        const client::Post post = [&](const std::string&, const std::string&) {
            return Result<net::HttpsAnswer>({status, std::string(octets)});
        };
        const auto grant = client::refresh(application, std::string(secret), post);
        if (!grant && !octets.contains(secret)) require_discreet(grant.error());
        if (grant) MAILHOLD_ASSERT(grant->lives >= std::chrono::seconds(0));
        const auto code = client::ask_for_device_code(application, post);
        if (code) MAILHOLD_ASSERT(code->interval >= std::chrono::seconds(1));
        if (code) (void)client::ask_for_device_grant(application, *code, post);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    if (octets.empty()) return 0;
    const auto rest = octets.substr(1);
    switch (octets.front() % 3) {
        case 0:
            converse(rest);
            break;
        case 1:
            listen(rest);
            break;
        default:
            read_grants(rest);
    }
    return 0;
}
