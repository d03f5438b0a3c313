// Mirror: the front of AccountSync for other threads. It starts its coroutines, and waits for their
// end.
#include <condition_variable>
#include <future>
#include <utility>

#include "imap/sync/account_sync.hpp"
#include "imap/sync/sync.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {

struct Mirror::Parts {
    Parts(net::Runtime& the_runtime, WorkerPool& pool, store::Archive& archive, Account the_account)
        : account(std::move(the_account)),
          progress(account.name),
          runtime(the_runtime),
          executor(runtime.next_executor()),
          sync(Workplace{runtime, pool, archive, account, progress, ids, alerts}, executor,
               cancel) {}

    // Counts a coroutine that uses the runtime, the pool and the archive.
    class Running {
      public:
        explicit Running(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {
            const std::lock_guard lock(parts_->mutex);
            ++parts_->running;
        }
        ~Running() {
            if (!parts_) return;
            const std::lock_guard lock(parts_->mutex);
            --parts_->running;
            parts_->idle.notify_all();
        }
        Running(Running&&) noexcept = default;
        Running& operator=(Running&&) = delete;
        Parts* operator->() const { return parts_.get(); }

      private:
        std::shared_ptr<Parts> parts_;  // shared with the Mirror and the other coroutines
    };
    static net::awaitable<void> once(Running parts, Task task, std::promise<Status> result) {
        auto status = co_await parts->sync.once(task);
        result.set_value(std::move(status));
    }
    static net::awaitable<void> forever(Running parts) { co_await parts->sync.forever(); }

    const Account account;
    Progress progress;
    ObjectIds ids;  // on the executor
    Alerts alerts;  // likewise
    net::Runtime& runtime;
    boost::asio::any_io_executor executor;
    client::Cancel cancel;  // on the executor
    AccountSync sync;       // on the executor
    std::mutex mutex;
    std::condition_variable idle;
    std::size_t running = 0;
    std::optional<net::Deadline> stop_by;  // set once it was asked to end
};

Mirror::Mirror(net::Runtime& runtime, WorkerPool& pool, store::Archive& archive, Account account)
    : parts_(std::make_shared<Parts>(runtime, pool, archive, std::move(account))) {
    const auto declared =
        archive.ingest({}, {store::AccountDeclared{parts_->account.name, parts_->account.url}});
    // Each pass declares it again, and fails where the archive cannot be written.
    if (!declared) parts_->progress.problem(declared.error().text);
}

Mirror::~Mirror() {
    stop();
}

Status Mirror::run_once(Task task) {
    std::promise<Status> promise;
    auto result = promise.get_future();
    auto body = Parts::once(Parts::Running(parts_), task, std::move(promise));
    parts_->runtime.spawn("sync.once", parts_->executor, std::move(body));
    return result.get();
}

void Mirror::start() {
    auto body = Parts::forever(Parts::Running(parts_));
    parts_->runtime.spawn("sync", parts_->executor, std::move(body));
}

void Mirror::retry() {
    boost::asio::post(parts_->executor, [parts = parts_] { parts->sync.retry(); });
}

void Mirror::reconcile() {
    boost::asio::post(parts_->executor, [parts = parts_] { parts->sync.reconcile_soon(); });
}

void Mirror::ask_to_stop() {
    const std::lock_guard lock(parts_->mutex);
    if (parts_->stop_by) return;
    parts_->stop_by = net::in(parts_->account.goodbye);
    boost::asio::post(parts_->executor, [parts = parts_] { parts->cancel.request(); });
}

void Mirror::stop() {
    ask_to_stop();
    const auto ended = [this] { return parts_->running == 0; };
    std::unique_lock lock(parts_->mutex);
    if (!parts_->idle.wait_until(lock, *parts_->stop_by, ended)) {
        boost::asio::post(parts_->executor, [parts = parts_] { parts->cancel.insist(); });
        parts_->idle.wait(lock, ended);
    }
    parts_->progress.state(State::stopped);
}

Report Mirror::report() const {
    return parts_->progress.report();
}

}  // namespace mailhold::imap::sync
