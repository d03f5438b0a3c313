#include "store/base/threads.hpp"

#include <pthread.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <latch>
#include <memory>
#include <stdexcept>

#include "store/base/log.hpp"

namespace mailhold {

TEST_CASE("a thread has its name and blocks all signals") {
    std::string name(32, '\0');
    bool blocked = false;
    Thread thread("a-name-that-is-too-long", [&] {
        pthread_getname_np(pthread_self(), name.data(), name.size());
        sigset_t mask;
        pthread_sigmask(SIG_SETMASK, nullptr, &mask);
        blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGHUP) == 1;
    });
    thread.join();
    thread.join();  // a second time: nothing to do
    CHECK(std::string(name.c_str()) == "a-name-that-is-");
    CHECK(blocked);
    sigset_t ours;
    pthread_sigmask(SIG_SETMASK, nullptr, &ours);
    CHECK(sigismember(&ours, SIGTERM) == 0);
}

TEST_CASE("a pool runs every job before it ends, also those that jobs post") {
    std::atomic<int> ran = 0;
    {
        WorkerPool pool("pool", 3);
        CHECK(pool.size() == 3);
        for (int i = 0; i < 200; ++i) {
            pool.post([&pool, &ran, owned = std::make_unique<int>(1)] {
                ran += *owned;
                pool.post([&ran] { ++ran; });
            });
        }
    }
    CHECK(ran == 400);
}

TEST_CASE("one thread runs jobs in the order they came") {
    std::string order;
    {
        std::latch start(1);
        WorkerPool pool("pool", 1);
        pool.post([&] { start.wait(); });
        for (char c = 'a'; c <= 'j'; ++c) pool.post([&order, c] { order += c; });
        CHECK(pool.queued() >= 10);
        start.count_down();
    }
    CHECK(order == "abcdefghij");
}

TEST_CASE("a job that throws anything does not end its thread") {
    log::configure(log::Level::off);
    bool ran = false;
    {
        WorkerPool pool("pool", 1);
        pool.post([] { throw std::runtime_error("expected"); });
        pool.post([] { throw 42; });
        pool.post([&] { ran = true; });
    }
    log::configure(log::Level::warning);
    CHECK(ran);
}

}  // namespace mailhold
