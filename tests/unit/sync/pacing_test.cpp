// How long is waited after which failure.
#include "imap/sync/pacing.hpp"

#include "imap/sync/retries.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace mailhold::imap::sync {

TEST_CASE("backoff doubles from a second to five minutes, and starts anew after success") {
    Backoff backoff;
    std::vector<long> waits;
    for (int i = 0; i < 12; ++i)
        waits.push_back(static_cast<long>(backoff.after(Errc::network, 0.999999).count()));
    CHECK(waits.front() <= 1'000);
    CHECK(waits[3] > 7'900);
    CHECK(waits[3] <= 8'000);
    CHECK(waits.back() <= 300'000);
    CHECK(waits.back() > 299'000);
    backoff.succeeded();
    CHECK(backoff.after(Errc::network, 0).count() == 500);
}

TEST_CASE("backoff is slow where we were refused, and slowest where a login was") {
    Backoff tls;
    CHECK(tls.after(Errc::tls, 0).count() == 150'000);
    for (int i = 0; i < 10; ++i) CHECK(tls.after(Errc::tls, 0.5).count() <= 1'800'000);
    Backoff login;
    for (int i = 0; i < 5; ++i) login.after(Errc::network, 0);
    CHECK(login.after(Errc::auth, 0) == std::chrono::minutes(30));  // not what the line has cost
    for (int i = 0; i < 10; ++i) CHECK(login.after(Errc::auth, 0.5) <= std::chrono::hours(12));
    CHECK(login.after(Errc::network, 0).count() == 500);
}

TEST_CASE("what an origin would not give is asked for less and less often") {
    using namespace std::chrono_literals;
    Retries retries;
    Retries::Time now{};
    retries.failed(Uid{1}, Retries::Cost::answer, now);
    retries.failed(Uid{2}, Retries::Cost::connection, now);
    CHECK(retries.resting(now + 9min) == std::set{Uid{1}, Uid{2}});
    CHECK(retries.resting(now + 10min) == std::set{Uid{2}});
    retries.failed(Uid{1}, Retries::Cost::answer, now);
    CHECK(retries.resting(now + 19min) == std::set{Uid{1}, Uid{2}});
    CHECK(retries.resting(now + 20min) == std::set{Uid{2}});
    for (int i = 0; i < 100; ++i) retries.failed(Uid{1}, Retries::Cost::answer, now);
    CHECK(retries.resting(now + 24h).empty());
}

}  // namespace mailhold::imap::sync
