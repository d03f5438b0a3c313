// The I/O threads: one io_context each; coroutines stay where they were spawned.
#include "imap/net/runtime.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <exception>
#include <vector>

#include "store/base/log.hpp"

namespace mailhold::imap::net {

namespace asio = boost::asio;

struct Runtime::Parts {
    struct Loop {
        asio::io_context context{1};
        asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    };
    std::vector<std::unique_ptr<Loop>> loops;
    std::vector<Thread> threads;
    std::atomic<std::size_t> next{0};
};

Runtime::Runtime(std::size_t threads) : parts_(std::make_unique<Parts>()) {
    for (std::size_t i = 0; i < threads; ++i) {
        auto& loop = *parts_->loops.emplace_back(std::make_unique<Parts::Loop>());
        parts_->threads.emplace_back("io", [&loop] { loop.context.run(); });
    }
}

Runtime::~Runtime() {
    stop();
    parts_->threads.clear();
}

asio::any_io_executor Runtime::next_executor() {
    return parts_->loops[parts_->next++ % parts_->loops.size()]->context.get_executor();
}

void Runtime::spawn(std::string name, asio::any_io_executor executor, awaitable<void> body) {
    asio::co_spawn(executor, std::move(body), [name = std::move(name)](std::exception_ptr problem) {
        if (!problem) return;
        try {
            std::rethrow_exception(problem);
        } catch (const std::exception& exception) {
            log::error("coroutine.exception", {{"name", name}, {"what", exception.what()}});
        }
    });
}

void Runtime::spawn(std::string name, awaitable<void> body) {
    spawn(std::move(name), next_executor(), std::move(body));
}

void Runtime::stop() {
    for (auto& loop : parts_->loops) {
        loop->work.reset();
        loop->context.stop();
    }
}

}  // namespace mailhold::imap::net
