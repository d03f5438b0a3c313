// Runs one server coroutine and one client coroutine against each other over loopback.
#pragma once

#include <catch2/catch.hpp>

#include <filesystem>
#include <functional>
#include <future>
#include <string>

#include "imap/net/runtime.hpp"

namespace mailhold::imap::net::test {

using Peer = std::function<awaitable<void>(Stream)>;

// Errors and failed expectations inside a peer are returned as text, since Catch2's assertions stay on one thread.
inline awaitable<void> serve(Listener& listener, Peer peer, std::promise<void>& done) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto accepted = co_await listener.accept(executor);
    if (accepted) co_await peer(std::move(*accepted));
    done.set_value();
}

inline awaitable<void> call(std::uint16_t port, Peer peer, std::promise<void>& done) {
    const auto deadline = in(std::chrono::seconds(20));
    auto connected = co_await Stream::connect("127.0.0.1", port, deadline);
    if (connected) co_await peer(std::move(*connected));
    done.set_value();
}

inline void converse(Peer server, Peer client) {
    Runtime runtime(2);
    auto listener = Listener::bind(runtime.next_executor(), "127.0.0.1", 0);
    REQUIRE(listener);
    std::promise<void> served;
    std::promise<void> called;
    runtime.spawn("server", serve(**listener, std::move(server), served));
    runtime.spawn("client", call((*listener)->port(), std::move(client), called));
    served.get_future().wait();
    called.get_future().wait();
}

struct TemporaryFolder {
    std::filesystem::path path;
    TemporaryFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "mailhold-net-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

}  // namespace mailhold::imap::net::test
