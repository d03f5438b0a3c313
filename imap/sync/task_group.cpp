// TaskGroup: a count and a signal.
#include "imap/sync/task_group.hpp"

#include <utility>

namespace mailhold::imap::sync {

TaskGroup::TaskGroup(net::Runtime& runtime, boost::asio::any_io_executor executor)
    : runtime_(runtime),
      executor_(std::move(executor)),
      state_(std::make_shared<State>(executor_)) {}

void TaskGroup::start(std::string name, net::awaitable<void> body) {
    ++state_->running;
    runtime_.spawn(std::move(name), executor_, run(state_, std::move(body)));
}

net::awaitable<void> TaskGroup::run(std::shared_ptr<State> state, net::awaitable<void> body) {
    struct Guard {
        State& state;
        ~Guard() {
            --state.running;
            state.ended.notify();
        }
    };
    const Guard guard{*state};
    co_await std::move(body);
}

net::awaitable<void> TaskGroup::join() {
    while (state_->running > 0) co_await state_->ended.wait_until(net::Deadline::max());
}

}  // namespace mailhold::imap::sync
