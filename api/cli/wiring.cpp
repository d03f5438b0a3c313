// Conversions: the only place that knows both sides.
#include "api/cli/wiring.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <thread>
#include <utility>

#include "api/cli/place.hpp"
#include "api/config/check.hpp"
#include "imap/client/token_keeper.hpp"

namespace mailhold::cli {
namespace {

imap::sync::Security security_of(config::Transport transport) {
    switch (transport) {
        case config::Transport::implicit_tls:
            return imap::sync::Security::implicit_tls;
        case config::Transport::starttls:
            return imap::sync::Security::starttls;
        case config::Transport::insecure:
            return imap::sync::Security::none;
    }
    return imap::sync::Security::implicit_tls;
}

std::vector<imap::server::Endpoint> to_endpoints(const std::vector<config::Endpoint>& endpoints) {
    std::vector<imap::server::Endpoint> result;
    for (const auto& endpoint : endpoints) result.push_back({endpoint.host, endpoint.port});
    return result;
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::optional<imap::net::Proxy> proxy_of(const config::Account& account) {
    if (!account.proxy) return std::nullopt;
    using Kind = imap::net::Proxy::Kind;
    const auto& proxy = *account.proxy;
    return imap::net::Proxy{proxy.kind == config::ProxyUrl::Kind::http ? Kind::http : Kind::socks5,
                            proxy.host, proxy.port, proxy.user, proxy.password};
}

imap::client::Login login_of(const config::Account& account, const std::filesystem::path& data) {
    imap::client::Login login;
    login.user = account.url.user;
    login.mechanism = account.mechanism;
    if (!account.password.name.empty()) {
        login.secret = [source = account.password] { return config::read_password(source); };
    } else if (auto endpoint = token_endpoint(account)) {
        login.proof = imap::client::Proof::token;
        login.remedy = fmt::format("mailhold login {}", account.name);
        // Shared by the two functions, which are copied to every connection.
        auto keeper = std::make_shared<imap::client::TokenKeeper>(
            std::move(endpoint->client), token_file(account, data), std::move(endpoint->post));
        login.secret = [keeper, remedy = login.remedy] {
            auto token = keeper->access_token();
            if (!token && token.error().code == Errc::auth)
                token.error().text += fmt::format(" ({})", remedy);
            return token;
        };
        login.refused = [keeper] { keeper->refused(); };
    } else if (account.oauth) {
        login.proof = imap::client::Proof::token;
        login.remedy = "see what its token_command prints";
        login.secret = [source = config::PasswordSource{config::PasswordFrom::command,
                                                        account.oauth->token_command}] {
            return config::read_password(source);
        };
    } else {
        login.proof = imap::client::Proof::certificate;
    }
    return login;
}

}  // namespace

store::ArchiveOptions to_archive_options(const config::Ledger& ledger) {
    return {.segment_limit = std::uint64_t{ledger.segment_mib} << 20,
            .checkpoint_interval = ledger.checkpoint_every};
}

indexer::extract::PoolOptions to_pool_options(const config::Attachments& attachments) {
    indexer::extract::PoolOptions options;
    options.workers = attachments.workers;
    options.limits.text = attachments.text_mib << 20;
    options.limits.processor = attachments.seconds;
    options.wall = 3 * attachments.seconds;  // a busy machine takes longer; then it is killed
    return options;
}

indexer::extract::PoolOptions to_pool_options(const Place& place) {
    const auto config = place.data.empty() ? load_config(place) : Result<config::Config>();
    return to_pool_options(config ? config->attachments : config::Attachments{});
}

std::filesystem::path token_file(const config::Account& account,
                                 const std::filesystem::path& data) {
    return data / "tokens" / account.name;
}

Result<TokenEndpoint> token_endpoint(const config::Account& account) {
    if (!account.oauth || account.oauth->token_url.empty())
        return fail(Errc::invalid,
                    fmt::format("[[account]] \"{}\" has no [account.oauth] with a token_url",
                                account.name));
    const auto& oauth = *account.oauth;
    TokenEndpoint endpoint;
    endpoint.client = {oauth.token_url, oauth.device_url, oauth.client_id, {}, oauth.scope};
    if (!oauth.client_secret.name.empty())
        endpoint.client.client_secret = [source = oauth.client_secret] {
            return config::read_password(source);
        };
    endpoint.post = [way =
                         imap::net::HttpsWay{.ca_file = oauth.ca_file, .proxy = proxy_of(account)}](
                        const std::string& url, const std::string& form) {
        return imap::net::post_form(url, form, way);
    };
    return endpoint;
}

imap::sync::Account to_origin(const config::Account& account, const std::filesystem::path& data) {
    imap::sync::Account origin;
    origin.name = account.name;
    origin.url = account.url.text;
    origin.host = account.url.host;
    origin.port = account.url.port;
    origin.security = security_of(account.url.transport);
    origin.login = login_of(account, data);
    origin.confirmed = data / "trust" / account.name;
    origin.trust.ca_file = account.ca_file;
    origin.trust.pin_sha256 = account.pin_sha256;
    origin.trust.certificate = account.client_certificate;
    origin.trust.private_key = account.client_key;
    origin.exclude = account.exclude;
    origin.other_users = account.other_users;
    origin.shared = account.shared;
    origin.connections = account.manners.connections;
    origin.manners = {account.manners.commands_per_second,
                      std::uint64_t{account.manners.mib_per_day} << 20};
    origin.proxy = proxy_of(account);
    origin.compression = account.compression;
    origin.poll_every = account.poll_every;
    origin.timeout = account.timeout;
    origin.reconcile_every = account.reconcile_every;
    origin.reserve = std::uint64_t{account.reserve_mib} << 20;
    return origin;
}

std::vector<imap::server::User> to_users(const config::Config& config) {
    std::vector<imap::server::User> result;
    for (const auto& user : config.users) {
        auto& made = result.emplace_back();
        made.name = user.name;
        made.password_hash = user.password_hash;
        made.scram = user.scram;
        made.certificates = user.certificate;
        made.accounts = user.accounts;
        const auto limit = [](std::uint64_t most) {
            return most == 0 ? std::nullopt : std::optional(most);
        };
        made.quota = {limit(std::uint64_t{user.workspace_mib} << 20),
                      limit(user.workspace_messages), limit(user.workspaces)};
        made.groups = config::groups_of(config, user.name);
        for (auto& grant : config::grants_of(config, user.name)) {
            const bool has = std::ranges::find(made.accounts, grant.account) != made.accounts.end();
            if (!grant.mailboxes.empty())
                made.grants.push_back({grant.account, std::move(grant.mailboxes)});
            else if (!has)
                made.accounts.push_back(grant.account);
        }
    }
    return result;
}

namespace {

// Asks about a token; the secret is read each time, so that a new one is picked up.
std::shared_ptr<imap::server::Tokens> to_tokens(const config::Tokens& tokens) {
    auto ask = [tokens](const std::string& token) -> Result<imap::net::HttpsAnswer> {
        auto secret = config::read_password(tokens.client_secret);
        if (!secret) return std::unexpected(secret.error());
        const imap::net::HttpsWay way{.ca_file = tokens.ca_file.string(),
                                      .login = {{tokens.client_id, std::move(*secret)}},
                                      .timeout = tokens.timeout};
        const auto form =
            imap::net::form_text({{"token", token}, {"token_type_hint", "access_token"}});
        return imap::net::post_form(tokens.introspection_url, form, way);
    };
    return std::make_shared<imap::server::Tokens>(
        imap::server::TokenRules{tokens.user_claim, tokens.scope, tokens.audience}, std::move(ask));
}

}  // namespace

imap::server::Options to_server_options(const config::Config& config) {
    imap::server::Options options;
    options.listen = to_endpoints(config.imap.listen);
    options.listen_tls = to_endpoints(config.imap.listen_tls);
    options.allow_plaintext_login = config.imap.allow_plaintext_login;
    options.users = to_users(config);
    if (config.imap.oauth) options.tokens = to_tokens(*config.imap.oauth);
    options.compress = config.imap.compress;
    options.personal_flags = config.imap.personal_flags;
    options.message_limit = config.imap.message_limit;
    options.connections = config.imap.connections;
    options.connections_of_user = config.imap.connections_per_user;
    for (const auto& text : config.imap.proxy_from)
        if (const auto network = imap::net::parse_network(text))
            options.proxy_from.push_back(*network);
    options.strangers = config.imap.strangers;
    options.strangers_of_network = config.imap.strangers_per_address;
    options.login_timeout = config.imap.login_timeout;
    options.idle_timeout = config.imap.idle_timeout;
    options.search_budget = {config.search.time, config.search.memory_mib << 20};
    return options;
}

intake::journal::Options to_journal_options(const config::Journal& journal) {
    intake::journal::Options options;
    options.host = journal.listen.host;
    options.port = journal.listen.port;
    options.policy.protocol = journal.protocol;
    options.policy.name = host_name();
    options.policy.max_size = std::uint64_t{journal.max_size_mib} << 20;
    options.policy.recipients = journal.recipients;
    for (const auto& text : journal.networks)
        if (const auto network = imap::net::parse_network(text))
            options.networks.push_back(*network);
    options.connections = journal.connections;
    if (journal.reports) {
        options.report_senders = journal.report_senders;
        options.report_senders.emplace_back();  // <>
    }
    return options;
}

indexer::pipeline::SearchPool::Limits to_search_limits(const config::Search& search) {
    return {.threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8),
            .per_user = search.per_user,
            .waiting = search.waiting_per_user};
}

Result<std::shared_ptr<const imap::net::ServerIdentity>> load_identity(
    const config::Config& config, const std::filesystem::path& client_ca) {
    if (config.imap.certificate.empty())
        return imap::net::ServerIdentity::load_or_make(config.data / "keys", client_ca);
    return imap::net::ServerIdentity::load(config.imap.certificate, config.imap.private_key,
                                           client_ca);
}

std::size_t io_threads() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
}
std::size_t work_threads() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8);
}

}  // namespace mailhold::cli
