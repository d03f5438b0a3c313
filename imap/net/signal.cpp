// Signal and sleep: waiting on an executor, woken from any thread.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "imap/net/runtime.hpp"

namespace mailhold::imap::net {

namespace asio = boost::asio;

struct Signal::Parts {
    explicit Parts(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    bool notified = false;  // touched on the executor only
};

Signal::Signal(asio::any_io_executor executor) : parts_(std::make_shared<Parts>(executor)) {}
Signal::~Signal() = default;

awaitable<bool> Signal::wait_until(Deadline deadline) {
    const auto parts = parts_;
    if (!parts->notified) {
        parts->timer.expires_at(deadline);
        co_await parts->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    const bool woken = std::exchange(parts->notified, false);
    co_return !woken;
}

void Signal::notify() {
    asio::post(parts_->timer.get_executor(), [parts = parts_] {
        parts->notified = true;
        parts->timer.cancel();
    });
}

awaitable<void> sleep_until(Deadline deadline) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, deadline);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace mailhold::imap::net
