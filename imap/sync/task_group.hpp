// Coroutines that are started together and waited for: nothing they use may go before join() has
// returned.
#pragma once

#include <memory>
#include <string>

#include "imap/net/runtime.hpp"

namespace mailhold::imap::sync {

// Belongs to one executor, as all that it starts.
class TaskGroup {
  public:
    TaskGroup(net::Runtime& runtime, boost::asio::any_io_executor executor);
    void start(std::string name, net::awaitable<void> body);
    net::awaitable<void> join();

  private:
    struct State {
        explicit State(const boost::asio::any_io_executor& executor) : ended(executor) {}
        std::size_t running = 0;
        net::Signal ended;
    };
    static net::awaitable<void> run(std::shared_ptr<State> state, net::awaitable<void> body);

    net::Runtime& runtime_;
    boost::asio::any_io_executor executor_;
    std::shared_ptr<State> state_;  // shared with the coroutines
};

}  // namespace mailhold::imap::sync
