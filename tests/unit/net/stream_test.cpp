#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/unit/net/loopback.hpp"

using namespace mailhold;
using namespace mailhold::imap::net;
using test::converse;
using namespace std::chrono_literals;

namespace {

awaitable<std::string> read_all(Stream& stream, Deadline deadline) {
    std::string all;
    while (true) {
        auto octets = co_await stream.read_some(deadline);
        if (!octets || octets->empty()) co_return all;
        all += *octets;
    }
}

}  // namespace

TEST_CASE("a stream carries octets both ways and tells its end") {
    std::string heard_by_server, heard_by_client;
    const std::string large(3'000'000, 'x');
    converse(
        [&](Stream stream) -> awaitable<void> {
            heard_by_server = *co_await stream.read_some(in(10s));
            std::vector<std::string_view> pieces{"one ", "two ", large};
            auto written = co_await stream.write(pieces, in(10s));
            (void)written;
        },
        [&](Stream stream) -> awaitable<void> {
            std::vector<std::string_view> pieces{"hello"};
            auto written = co_await stream.write(pieces, in(10s));
            (void)written;
            heard_by_client = co_await read_all(stream, in(10s));
        });
    CHECK(heard_by_server == "hello");
    CHECK(heard_by_client == "one two " + large);
}

TEST_CASE("a read that nothing answers ends at its deadline") {
    Errc code = Errc::invalid;
    converse([](Stream stream) -> awaitable<void> { (void)co_await stream.read_some(in(10s)); },
             [&](Stream stream) -> awaitable<void> {
                 auto octets = co_await stream.read_some(in(50ms));
                 if (!octets) code = octets.error().code;
             });
    CHECK(code == Errc::timeout);
}

TEST_CASE("what a read waited for is not lost when it ends, and the line goes on") {
    const bool tls = GENERATE(false, true);
    test::TemporaryFolder folder;
    const auto identity = ServerIdentity::load_or_make(folder.path).value();
    std::string heard_by_server, heard_by_client;
    std::vector<Errc> ends;
    const auto server = [&](Stream stream) -> awaitable<void> {
        if (tls && !co_await stream.start_tls_server(identity, in(10s))) co_return;
        const auto late = co_await stream.read_some(in(50ms));
        if (!late) ends.push_back(late.error().code);
        boost::asio::steady_timer soon(stream.executor(), 50ms);
        soon.async_wait([&](auto) { stream.interrupt(); });
        const auto interrupted = co_await stream.read_some(in(10s));
        if (!interrupted) ends.push_back(interrupted.error().code);
        stream.interrupt();  // nothing is under way: nothing ends
        std::vector<std::string_view> pieces{"go on"};
        if (!co_await stream.write(pieces, in(10s))) co_return;
        heard_by_server = co_await read_all(stream, in(10s));
    };
    const auto client = [&](Stream stream) -> awaitable<void> {
        const ClientTrust trust{.ca_file = (folder.path / "tls.crt").string(), .pin_sha256 = {}};
        if (tls && !co_await stream.start_tls_client(trust, "localhost", in(10s))) co_return;
        heard_by_client = *co_await stream.read_some(in(10s));
        std::vector<std::string_view> pieces{"gladly"};
        (void)co_await stream.write(pieces, in(10s));
        co_await stream.end(in(1s));
    };
    converse(server, client);
    CHECK(ends == std::vector{Errc::timeout, Errc::cancelled});
    CHECK(heard_by_client == "go on");
    CHECK(heard_by_server == "gladly");
}

TEST_CASE("whose end was read may listen still; once he is gone, what is written to him tells") {
    const bool tls = GENERATE(false, true);
    test::TemporaryFolder folder;
    const auto identity = ServerIdentity::load_or_make(folder.path).value();
    std::string heard;
    bool was_gone_before = false, was_gone = false;
    const auto server = [&](Stream stream) -> awaitable<void> {
        if (tls && !co_await stream.start_tls_server(identity, in(10s))) co_return;
        heard = co_await read_all(stream, in(10s));
        bool gone = false;
        const auto noticed = [&](const std::exception_ptr&) { gone = true; };
        boost::asio::co_spawn(stream.executor(), stream.gone(), noticed);
        co_await sleep_until(in(100ms));
        was_gone_before = gone;
        std::vector<std::string_view> pieces{"still there?"};
        (void)co_await stream.write(pieces, in(10s));
        for (int tries = 0; !gone && tries < 500; ++tries) co_await sleep_until(in(10ms));
        was_gone = gone;
        stream.close();
        co_await sleep_until(in(10ms));
    };
    const auto client = [&](Stream stream) -> awaitable<void> {
        const ClientTrust trust{.ca_file = (folder.path / "tls.crt").string(), .pin_sha256 = {}};
        if (tls && !co_await stream.start_tls_client(trust, "localhost", in(10s))) co_return;
        std::vector<std::string_view> pieces{"all"};
        (void)co_await stream.write(pieces, in(10s));
        stream.close();
    };
    converse(server, client);
    CHECK(heard == "all");
    // Over TLS, words of the handshake that he did not read tell by themselves.
    CHECK((tls || !was_gone_before));
    CHECK(was_gone);
}

TEST_CASE("a write to a peer that does not read ends at its deadline") {
    Errc code = Errc::invalid;
    converse(
        [](Stream stream) -> awaitable<void> {
            co_await sleep_until(in(400ms));
            stream.close();
        },
        [&](Stream stream) -> awaitable<void> {
            const std::string large(100'000'000, 'x');
            std::vector<std::string_view> pieces{large};
            auto written = co_await stream.write(pieces, in(100ms));
            if (!written) code = written.error().code;
        });
    CHECK(code == Errc::timeout);
}

TEST_CASE("connecting to a closed port is a network error that names it") {
    Runtime runtime(1);
    std::uint16_t port = 0;
    {
        auto listener = Listener::bind(runtime.next_executor(), "127.0.0.1", 0);
        REQUIRE(listener);
        port = (*listener)->port();
        auto taken = Listener::bind(runtime.next_executor(), "127.0.0.1", port);
        REQUIRE_FALSE(taken);
        CHECK(taken.error().code == Errc::exists);
        (*listener)->close();
    }
    std::promise<Error> failure;
    auto attempt = [](std::uint16_t to, std::promise<Error>& result) -> awaitable<void> {
        auto stream = co_await Stream::connect("127.0.0.1", to, in(5s));
        result.set_value(stream ? Error{Errc::invalid, "connected"} : stream.error());
    };
    runtime.spawn("attempt", attempt(port, failure));
    const auto error = failure.get_future().get();
    CHECK(error.code == Errc::network);
    CHECK_THAT(error.text, Catch::Contains(std::to_string(port)));
}

TEST_CASE("a signal wakes its waiter, and is not lost when it comes first") {
    Runtime runtime(1);
    auto executor = runtime.next_executor();
    Signal signal(executor);
    std::promise<std::vector<bool>> timed_out;
    auto wait = [](Signal& on, std::promise<std::vector<bool>>& result) -> awaitable<void> {
        std::vector<bool> answers;
        answers.push_back(co_await on.wait_until(in(10s)));
        answers.push_back(co_await on.wait_until(in(20ms)));
        result.set_value(answers);
    };
    signal.notify();
    runtime.spawn("wait", executor, wait(signal, timed_out));
    CHECK(timed_out.get_future().get() == std::vector<bool>{false, true});
}

TEST_CASE("offload runs on the pool and resumes with the value") {
    Runtime runtime(1);
    WorkerPool pool("test", 2);
    std::promise<std::pair<int, bool>> answer;
    auto body = [](WorkerPool& on, std::promise<std::pair<int, bool>>& result) -> awaitable<void> {
        const auto here = std::this_thread::get_id();
        auto job = [here] { return std::pair(42, std::this_thread::get_id() != here); };
        auto value = co_await offload(on, job);
        result.set_value({value.first, value.second && std::this_thread::get_id() == here});
    };
    runtime.spawn("offload", body(pool, answer));
    CHECK(answer.get_future().get() == std::pair(42, true));
}
