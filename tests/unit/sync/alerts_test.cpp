// What an origin alerts people to is told them once, and never in floods.
#include "imap/sync/alerts.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::sync {

TEST_CASE("an alert is news once, until the origin says another, and a few times an hour at most") {
    Alerts alerts;
    const Alerts::Time now{};
    CHECK(alerts.is_news("over quota", now));
    CHECK_FALSE(alerts.is_news("over quota", now));
    std::size_t told = 0;
    for (int i = 0; i < 1000; ++i) told += alerts.is_news(std::to_string(i), now) ? 1 : 0;
    CHECK(told == Alerts::an_hour - 1);
    CHECK_FALSE(alerts.is_news("down at noon", now + std::chrono::minutes(59)));
    CHECK(alerts.is_news("down at noon", now + std::chrono::minutes(60)));
    CHECK_FALSE(alerts.is_news("down at noon", now + std::chrono::hours(60)));
}

}  // namespace mailhold::imap::sync
