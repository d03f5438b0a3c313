// The I/O threads and the crossing to blocking work: `co_await offload(pool, fn)`. Only plain values cross.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "imap/net/stream.hpp"
#include "store/base/threads.hpp"

namespace mailhold::imap::net {

// A few io_contexts, one thread each. A coroutine stays on the one it was spawned on.
class Runtime {
  public:
    explicit Runtime(std::size_t threads);
    ~Runtime();  // stops and joins; what still runs is destroyed
    boost::asio::any_io_executor next_executor();
    // Starts a coroutine; its exception is logged and counted, never lost.
    void spawn(std::string name, boost::asio::any_io_executor executor, awaitable<void> body);
    void spawn(std::string name, awaitable<void> body);
    void stop();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Accepts connections until closed. The port may be 0; port() is the real one.
class Listener {
  public:
    // Errc::exists when the port is taken, Errc::denied when it may not be bound; the text says what to do.
    static Result<std::unique_ptr<Listener>> bind(boost::asio::any_io_executor executor,
                                                  std::string host, std::uint16_t port);
    ~Listener();
    std::uint16_t port() const;
    // The next connection, on `executor`. Errc::cancelled after close().
    awaitable<Result<Stream>> accept(boost::asio::any_io_executor executor);
    void close();  // any thread

  private:
    struct Parts;
    explicit Listener(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Waits; true when the time passed, false when woken early. Same executor for all calls but notify(), which may
// come from any thread and is not lost when nobody waits.
class Signal {
  public:
    explicit Signal(boost::asio::any_io_executor executor);
    ~Signal();
    awaitable<bool> wait_until(Deadline deadline);
    void notify();

  private:
    struct Parts;
    std::shared_ptr<Parts> parts_;  // shared with notifications on their way
};

awaitable<void> sleep_until(Deadline deadline);

// Runs `work` on the pool (whatever has post(), and outlives it) and resumes here with its value. `work` owns what it
// needs; it must not throw.
template <class Pool, class Work>
awaitable<std::invoke_result_t<Work>> offload(Pool& pool, Work work) {
    using Value = std::invoke_result_t<Work>;
    auto executor = co_await boost::asio::this_coro::executor;
    auto start = [&pool, executor, work = std::move(work)](auto handler) mutable {
        pool.post([executor, work = std::move(work), handler = std::move(handler)]() mutable {
            auto value = std::make_shared<Value>(work());
            boost::asio::post(executor, [handler = std::move(handler), value]() mutable {
                handler(std::move(*value));
            });
        });
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                   void(Value)>(std::move(start),
                                                                boost::asio::use_awaitable);
}

}  // namespace mailhold::imap::net
