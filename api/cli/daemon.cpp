// Building, reloading and ending the parts. The order of Parts' members is the order of their
// lives: what comes later uses what comes earlier.
#include "api/cli/daemon.hpp"

#include <fmt/format.h>

#include <atomic>
#include <map>

#include "api/cli/descriptors.hpp"
#include "api/cli/mirrors.hpp"
#include "api/cli/wiring.hpp"
#include "api/config/check.hpp"
#include "api/http/metrics.hpp"
#include "api/http/page_search.hpp"
#include "api/http/server.hpp"
#include "imap/server/login/scram.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "intake/journal/server.hpp"
#include "store/audit.hpp"
#include "store/audit_inbox.hpp"
#include "store/base/log.hpp"

namespace mailhold::cli {
namespace {

namespace net = imap::net;

constexpr std::size_t journal_threads = 8;

// Whoever connects must not take the descriptors that the archive needs.
imap::server::Options within_limit(imap::server::Options options) {
    const auto limit = raise_descriptor_limit();
    const auto fitting = connections_within(limit, options.connections);
    if (fitting < options.connections)
        log::warning("imap.connections", {{"wanted", options.connections},
                                          {"at_most", fitting},
                                          {"why", "the limit of open files (ulimit -Hn)"}});
    options.connections = fitting;
    options.strangers = std::min(options.strangers, fitting / 2);
    return options;
}

// Keys that a running daemon does not take over, with the new value in place of the old one.
std::vector<std::string> restart_needed(const config::Config& now, const config::Config& wanted) {
    std::vector<std::string> keys;
    if (now.data != wanted.data) keys.emplace_back("data");
    auto comparable = wanted.imap;
    comparable.certificate = now.imap.certificate;
    comparable.private_key = now.imap.private_key;
    comparable.client_ca = now.imap.client_ca;
    if (now.imap != comparable)
        keys.emplace_back("[imap] all but certificate, private_key and client_ca");
    if (now.audit != wanted.audit) keys.emplace_back("[audit]");
    if (now.search != wanted.search) keys.emplace_back("[search]");
    if (now.attachments != wanted.attachments) keys.emplace_back("[attachments]");
    if (now.journals != wanted.journals) keys.emplace_back("[[journal]]");
    if (now.http != wanted.http) keys.emplace_back("[http]");
    return keys;
}

// A user's account may have been taken out of the configuration: its mail is served all the same.
Status check_accounts(const config::Config& config, const store::Archive& archive) {
    const auto accounts = archive.accounts();
    if (!accounts) return std::unexpected(accounts.error());
    std::vector<std::string> archived;
    for (const auto& account : *accounts) archived.push_back(account.account);
    std::string problems;
    for (const auto& problem : config::unknown_accounts(config, archived))
        problems += (problems.empty() ? "" : "\n") + problem;
    if (problems.empty()) return {};
    return fail(Errc::invalid, std::move(problems));
}

}  // namespace

struct Daemon::Parts {
    config::Config config;
    UtcMicros started = utc_now();
    std::atomic<bool> ready{false};
    http::Metrics metrics;
    std::unique_ptr<store::Archive> archive;
    std::unique_ptr<store::Audit> audit;
    std::unique_ptr<store::AuditInboxTaker> inbox;  // of what is looked at beside us
    std::unique_ptr<indexer::extract::Pool> extraction;
    std::unique_ptr<indexer::pipeline::Pipeline> pipeline;
    std::unique_ptr<indexer::pipeline::Searcher> searcher;
    std::unique_ptr<net::Runtime> runtime;
    // Pools of their own, so that none holds up another.
    std::unique_ptr<WorkerPool> session_pool;  // what clients ask, but for searches
    std::unique_ptr<indexer::pipeline::SearchPool> search_pool;
    std::unique_ptr<WorkerPool> sync_pool;  // commits of mirrors
    std::unique_ptr<WorkerPool> http_pool;
    std::shared_ptr<const net::ServerIdentity> identity;
    std::unique_ptr<Mirrors> mirrors;
    std::unique_ptr<imap::server::Server> server;
    // By account: two listeners may share one.
    std::map<std::string, std::unique_ptr<intake::journal::Filing>> filings;
    std::unique_ptr<WorkerPool> journal_pool;
    std::vector<std::unique_ptr<intake::journal::Server>> journals;
    std::unique_ptr<http::Server> http;

    ~Parts();
    Status open_archive();
    Status open_endpoints();
    Status open_journals();
    Result<http::Overview> overview() const;
};

Daemon::Parts::~Parts() {
    ready = false;
    // New work ends first, then what works on it. A pool is drained while the runtime's loops still
    // exist, as its jobs hand their values back to them.
    http.reset();
    journals.clear();
    server.reset();
    mirrors.reset();
    if (runtime) runtime->stop();
    http_pool.reset();
    journal_pool.reset();
    sync_pool.reset();
    search_pool.reset();
    session_pool.reset();
    runtime.reset();
    searcher.reset();
    pipeline.reset();
    extraction.reset();
    inbox.reset();
    audit.reset();
    archive.reset();
}

Status Daemon::Parts::open_archive() {
    auto opened = store::Archive::open(config.data, to_archive_options(config.ledger));
    if (!opened) return std::unexpected(opened.error());
    archive = std::move(*opened);
    audit = std::make_unique<store::Audit>(
        *archive,
        store::Audit::Options{.mode = config.audit.mode, .leave_out = config.audit.leave_out});
    inbox = std::make_unique<store::AuditInboxTaker>(*archive);
    indexer::pipeline::Options options;
    options.parse_threads = work_threads();
    extraction = std::make_unique<indexer::extract::Pool>(to_pool_options(config.attachments));
    options.extractor = extraction->extractor();
    auto indexing = indexer::pipeline::Pipeline::start(*archive, options);
    if (!indexing) return std::unexpected(indexing.error());
    pipeline = std::move(*indexing);
    searcher = std::make_unique<indexer::pipeline::Searcher>(
        *archive,
        indexer::pipeline::SearchAttachments{extraction->extractor(),
                                             config.search.body_includes_attachments},
        [this](const Error& error) { pipeline->report_damage(error); });
    searcher->warm();
    return {};
}

Status Daemon::Parts::open_endpoints() {
    auto loaded = load_identity(config, config.imap.client_ca);
    if (!loaded) return std::unexpected(loaded.error());
    identity = *loaded;
    runtime = std::make_unique<net::Runtime>(io_threads());
    session_pool = std::make_unique<WorkerPool>("session", work_threads());
    search_pool = std::make_unique<indexer::pipeline::SearchPool>(to_search_limits(config.search));
    sync_pool = std::make_unique<WorkerPool>("sync", mirror_threads);
    http_pool = std::make_unique<WorkerPool>("http", 1);

    imap::server::Observer observer{
        .connections = [this](int difference) { metrics.connections(difference); },
        .search_time = [this](std::chrono::nanoseconds time) { metrics.search_time(time); },
        .login = [this](bool success) { metrics.login(success); },
        .strangers = [this](int difference) { metrics.strangers(difference); },
        .turned_away = [this] { metrics.turned_away(); },
    };
    imap::server::Services services{*runtime,     *session_pool,       *archive,   *searcher,
                                    *search_pool, std::move(observer), audit.get()};
    auto options = within_limit(to_server_options(config));
    auto secret = imap::server::load_or_make_secret(config.data / "keys" / "decoy.secret");
    if (!secret) return std::unexpected(secret.error());
    options.decoy_secret = std::move(*secret);
    auto serving = imap::server::Server::start(std::move(services), std::move(options), identity);
    if (!serving) return std::unexpected(serving.error());
    server = std::move(*serving);

    if (auto opened = open_journals(); !opened) return opened;
    if (!config.http.listen) return {};
    if (!config::is_loopback(config.http.listen->host))
        log::warning("http.open", {{"listen", to_text(*config.http.listen)},
                                   {"why", "no login is asked for there"}});
    http::Service service{
        .names = config.http.names,
        .ready = [this] { return ready.load(); },
        .status = [this] { return overview(); },
        .metrics = [this](const http::Overview& status) { return metrics.text(status, utc_now()); },
        .search =
            [this, budget = to_server_options(config).search_budget](
                http::SearchRequest request, std::stop_token stop, http::Service::Found found) {
                // Nobody logs in there: what is on record is the question.
                auto begin = [this, budget, request = std::move(request), stop = std::move(stop),
                              found = std::move(found)]() mutable {
                    const auto noted = audit->record({.time = {},
                                                      .user = {},
                                                      .address = "http",
                                                      .session = 0,
                                                      .what = store::Accessed::What::search,
                                                      .mailbox = {},
                                                      .detail = request.query,
                                                      .outcome = "ok"});
                    if (!noted) return found(std::unexpected(noted.error()));
                    http::PageSearch search(*archive, *searcher, std::move(request), budget,
                                            std::move(stop));
                    http::start(*search_pool, std::move(search), std::move(found));
                };
                http_pool->post(std::move(begin));
            },
        .reconcile = [this](const std::string& account) -> Status {
            if (!ready) return fail(Errc::cancelled, "not ready");
            return mirrors->reconcile(account);
        }};
    auto answering = http::Server::start(*runtime, *http_pool, config.http.listen->host,
                                         config.http.listen->port, std::move(service));
    if (!answering) return std::unexpected(answering.error());
    http = std::move(*answering);
    return {};
}

Status Daemon::Parts::open_journals() {
    if (config.journals.empty()) return {};
    // Mail servers are not asked for certificates.
    const auto journal_identity = load_identity(config);
    if (!journal_identity) return std::unexpected(journal_identity.error());
    // Its threads wait for the disk, and share its syncs.
    journal_pool = std::make_unique<WorkerPool>("journal", journal_threads);
    for (const auto& journal : config.journals) {
        auto& filing = filings[journal.account];
        if (!filing) {
            auto opened = intake::journal::Filing::open(*archive, journal.account);
            if (!opened) return std::unexpected(opened.error());
            filing = std::move(*opened);
        }
        auto options = to_journal_options(journal);
        options.observer = metrics.journal(to_text(journal.listen), journal.account);
        auto listening = intake::journal::Server::start(*runtime, *journal_pool, *filing,
                                                        std::move(options), *journal_identity);
        if (!listening) return std::unexpected(listening.error());
        journals.push_back(std::move(*listening));
    }
    return {};
}

// From pool threads, while the daemon is whole.
Result<http::Overview> Daemon::Parts::overview() const {
    auto status = http::read_status(*archive);
    if (!status) return status;
    status->started = started;
    status->indexed = number(pipeline->through());
    if (!ready) return status;  // the mirrors are not there yet, or no more
    for (auto& account : status->accounts) account.mirror = mirrors->status(account.name);
    return status;
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::start(config::Config config) {
    auto parts = std::make_unique<Parts>();
    parts->config = std::move(config);
    if (auto opened = parts->open_archive(); !opened) return std::unexpected(opened.error());
    if (auto known = check_accounts(parts->config, *parts->archive); !known)
        return std::unexpected(known.error());
    if (auto opened = parts->open_endpoints(); !opened) return std::unexpected(opened.error());
    parts->mirrors = std::make_unique<Mirrors>(*parts->runtime, *parts->sync_pool, *parts->archive,
                                               parts->config.data);
    parts->mirrors->follow(parts->config.accounts);
    parts->ready = true;
    return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

Status Daemon::reload(config::Config wanted) {
    auto& parts = *parts_;
    for (const auto& key : restart_needed(parts.config, wanted))
        log::warning("reload.restart_needed", {{"key", key}});
    // What needs a restart stays as it runs, so that the next reload tells it again.
    auto next = parts.config;
    next.imap.certificate = wanted.imap.certificate;
    next.imap.private_key = wanted.imap.private_key;
    next.imap.client_ca = wanted.imap.client_ca;
    next.log = wanted.log;
    next.accounts = wanted.accounts;
    next.users = wanted.users;
    next.groups = wanted.groups;
    next.grants = wanted.grants;
    if (auto known = check_accounts(next, *parts.archive); !known) return known;
    auto identity = load_identity(next, next.imap.client_ca);
    if (!identity) return std::unexpected(identity.error());
    auto journal_identity = load_identity(next);
    if (!journal_identity) return std::unexpected(journal_identity.error());
    log::configure(next.log.level);
    parts.server->reload(to_users(next), *identity);
    for (const auto& journal : parts.journals) journal->reload(*journal_identity);
    parts.identity = *identity;
    parts.mirrors->follow(next.accounts);
    parts.config = std::move(next);
    log::info("reload.done",
              {{"accounts", parts.config.accounts.size()}, {"users", parts.config.users.size()}});
    return {};
}

std::vector<std::string> Daemon::endpoints() const {
    std::vector<std::string> texts;
    auto text = [](const imap::server::Endpoint& at) {
        return to_text(config::Endpoint{at.host, at.port});
    };
    for (const auto& at : parts_->server->plain_endpoints())
        texts.push_back(fmt::format("IMAP {} (STARTTLS)", text(at)));
    for (const auto& at : parts_->server->tls_endpoints())
        texts.push_back(fmt::format("IMAP {} (TLS)", text(at)));
    for (std::size_t i = 0; i < parts_->journals.size(); ++i) {
        const auto& journal = parts_->config.journals[i];
        const bool lmtp = journal.protocol == intake::journal::Protocol::lmtp;
        texts.push_back(
            fmt::format("{} {} (journal of {})", lmtp ? "LMTP" : "SMTP",
                        to_text(config::Endpoint{journal.listen.host, parts_->journals[i]->port()}),
                        journal.account));
    }
    if (parts_->http)
        texts.push_back(fmt::format(
            "HTTP {}",
            to_text(config::Endpoint{parts_->config.http.listen->host, parts_->http->port()})));
    return texts;
}

std::string Daemon::certificate_fingerprint() const {
    return parts_->identity->fingerprint();
}

}  // namespace mailhold::cli
