// mailhold sync and mailhold reconcile: every account mirrored once, side by side, then everything
// indexed.
#include <fmt/format.h>

#include <boost/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/progress.hpp"
#include "api/cli/reconcile_beside.hpp"
#include "api/cli/wiring.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "store/base/log.hpp"

namespace mailhold::cli {
namespace {

namespace json = boost::json;
using imap::sync::Task;

// One account's pass, run on a pool's thread.
struct Pass {
    Pass(imap::net::Runtime& runtime, WorkerPool& pool, store::Archive& archive,
         const config::Account& account, const std::filesystem::path& data)
        : name(account.name), mirror(runtime, pool, archive, to_origin(account, data)) {}
    std::string name;
    imap::sync::Mirror mirror;
    Status outcome;  // guarded by Passes' mutex, until all are done
};

class Passes {
  public:
    Passes(imap::net::Runtime& runtime, WorkerPool& pool, store::Archive& archive,
           const config::Config& config) {
        for (const auto& account : config.accounts)
            passes_.emplace_back(runtime, pool, archive, account, config.data);
    }
    // Blocks until every account's pass has ended.
    void run(Task task, Progress& progress) {
        if (passes_.empty()) return;
        WorkerPool callers("pass", passes_.size());
        for (auto& pass : passes_) callers.post([this, task, &pass] { run_one(task, pass); });
        std::unique_lock lock(mutex_);
        while (!done_.wait_for(lock, std::chrono::milliseconds(100),
                               [this] { return ended_ == passes_.size(); })) {
            lock.unlock();
            progress.update(step());
            lock.lock();
        }
        lock.unlock();
        progress.update(step());
        progress.finish();
    }
    std::deque<Pass>& all() { return passes_; }

  private:
    void run_one(Task task, Pass& pass) {
        auto outcome = pass.mirror.run_once(task);
        std::scoped_lock lock(mutex_);
        pass.outcome = std::move(outcome);
        ++ended_;
        done_.notify_one();
    }
    Step step() const {
        Step sum{.doing = "mirroring", .unit = "messages"};
        for (const auto& pass : passes_) {
            auto report = pass.mirror.report();
            sum.done += report.messages_done;
            sum.total += report.messages;
            sum.octets += report.octets_done;
        }
        return sum;
    }

    std::deque<Pass> passes_;  // a Mirror does not move
    std::mutex mutex_;
    std::condition_variable done_;
    std::size_t ended_ = 0;
};

void print_text(std::deque<Pass>& passes, const store::Totals& totals) {
    for (auto& pass : passes) {
        auto report = pass.mirror.report();
        fmt::print("{}: {} new messages ({}) in {} mailboxes", pass.name,
                   grouped(report.messages_done), octets_text(report.octets_done),
                   grouped(report.mailboxes_done));
        if (report.quarantined > 0) fmt::print(", {} quarantined", grouped(report.quarantined));
        fmt::print("\n");
    }
    fmt::print("archived: {} messages ({})\n", grouped(totals.messages),
               octets_text(totals.octets));
    std::fflush(stdout);
    for (const auto& pass : passes)
        if (!pass.outcome)
            fmt::print(stderr, "mailhold: {}: {}; what could be had is archived\n", pass.name,
                       pass.outcome.error().text);
}

void print_json(std::deque<Pass>& passes, const store::Totals& totals) {
    json::array accounts;
    for (auto& pass : passes) {
        auto report = pass.mirror.report();
        accounts.push_back({{"name", pass.name},
                            {"complete", pass.outcome.has_value()},
                            {"problem", pass.outcome ? "" : pass.outcome.error().text},
                            {"mailboxes", report.mailboxes_done},
                            {"messages", report.messages_done},
                            {"octets", report.octets_done},
                            {"unaccounted", report.unaccounted},
                            {"quarantined", report.quarantined}});
    }
    fmt::print("{}\n", json::serialize(json::object{{"event", "done"},
                                                    {"messages", totals.messages},
                                                    {"octets", totals.octets},
                                                    {"accounts", std::move(accounts)}}));
}

// The reports of the accounts of these passes; whether they leave nothing unaccounted.
Result<bool> tell_reports(const store::Archive& archive, std::deque<Pass>& passes, Output output) {
    const auto balances = archive.balances();
    if (!balances) return std::unexpected(balances.error());
    bool whole = true;
    for (const auto& balance : *balances) {
        if (!balance.reconciled ||
            std::ranges::find(passes, balance.account, &Pass::name) == passes.end())
            continue;
        print_reconciled(balance.account, *balance.reconciled, output);
        whole = whole && balance.unaccounted == 0 && balance.reconciled->unaccounted == 0;
    }
    return whole;
}

Result<int> run(const SyncOptions& options, Task task, const std::string& only) {
    auto config = load_config(options.place);
    if (!config) return std::unexpected(config.error());
    if (!only.empty()) {
        if (const auto found = find_account(*config, only); !found)
            return std::unexpected(found.error());
        std::erase_if(config->accounts, [&](const auto& one) { return one.name != only; });
    }
    log::configure(
        std::max(config->log.level, log::Level::warning));  // the progress bar tells the rest
    auto archive = store::Archive::open(config->data, to_archive_options(config->ledger));
    if (!archive && archive.error().code == Errc::locked && task == Task::reconciliation)
        return reconcile_beside(*config, options.output);
    if (!archive) return std::unexpected(archive.error());
    indexer::extract::Pool attachments(to_pool_options(config->attachments));
    auto pipeline = indexer::pipeline::Pipeline::start(
        **archive, {.parse_threads = work_threads(), .extractor = attachments.extractor()});
    if (!pipeline) return std::unexpected(pipeline.error());

    Progress progress(options.output);
    imap::net::Runtime runtime(io_threads());
    WorkerPool pool(
        "sync", mirror_threads);  // ends before the runtime, which its jobs hand their values to
    Passes passes(runtime, pool, **archive, *config);
    passes.run(task, progress);
    auto indexed = (*pipeline)->catch_up(
        [&](store::Progress p) { progress.update({"indexing", p.done, p.total, 0, "messages"}); });
    progress.finish();
    if (!indexed) return std::unexpected(indexed.error());

    auto totals = (*archive)->totals();
    if (!totals) return std::unexpected(totals.error());
    options.output == Output::json ? print_json(passes.all(), *totals)
                                   : print_text(passes.all(), *totals);
    if (task == Task::reconciliation) {
        const auto whole = tell_reports(**archive, passes.all(), options.output);
        if (!whole) return std::unexpected(whole.error());
        if (!*whole) return difference;
    }
    for (const auto& pass : passes.all())
        if (!pass.outcome) return difference;
    return success;
}

}  // namespace

Result<int> sync(const SyncOptions& options) {
    return run(options, Task::pass, "");
}

Result<int> reconcile(const ReconcileOptions& options) {
    return run({options.place, options.output}, Task::reconciliation, options.account);
}

}  // namespace mailhold::cli
