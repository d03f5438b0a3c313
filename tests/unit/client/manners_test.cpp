// What is a throttle, and what may be sent when.
#include "imap/client/manners.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::client {
namespace {

using namespace std::chrono_literals;

wire::StatusResponse says(wire::Condition condition, std::string code, std::string text) {
    wire::StatusResponse status;
    status.condition = condition;
    if (!code.empty()) status.code = wire::ResponseCode{std::move(code), ""};
    status.text = std::move(text);
    return status;
}

const Manners::Time start{std::chrono::hours(1000)};

}  // namespace

TEST_CASE("throttles are told from refusals, with the time that the server asks for") {
    using enum wire::Condition;
    const struct {
        wire::Condition condition;
        std::string code, text;
        std::optional<std::chrono::milliseconds> wait;
    } table[] = {
        {no, "OVERQUOTA", "Account exceeded command or bandwidth limits.", 1h},
        {no, "THROTTLED", "slow down", 2min},
        {bye, "THROTTLED", "slow down", 2min},
        {no, "LIMIT", "", 1min},
        {no, "UNAVAILABLE", "later", 30s},
        {bye, "UNAVAILABLE", "Maximum number of connections", 30s},
        {no, "INUSE", "locked", 5s},
        {no, "", "Server Unavailable. 15 Suggested Backoff Time: 300000 milliseconds", 300s},
        {bad, "", "Request is throttled. suggested backoff time: 1500 Milliseconds", 1500ms},
        {no, "UNAVAILABLE", "Suggested Backoff Time: 10 milliseconds", 10ms},
        {no, "", "Suggested Backoff Time: 99999999999999999999999 milliseconds", 24h},
        {no, "", "Suggested Backoff Time: 999999999999 milliseconds", 24h},
        {no, "", "Suggested Backoff Time: soon", std::nullopt},
        {no, "", "Suggested Backoff Time: ", std::nullopt},
        {no, "NONEXISTENT", "no such mailbox", std::nullopt},
        {no, "SERVERBUG", "oops", std::nullopt},  // may be one message's: it must not hold the rest
        {no, "", "quota", std::nullopt},
        {ok, "UNAVAILABLE", "Suggested Backoff Time: 5 milliseconds", std::nullopt},
    };
    for (const auto& row : table) {
        CAPTURE(row.code, row.text);
        const auto throttle = throttle_of(says(row.condition, row.code, row.text));
        CHECK(throttle.has_value() == row.wait.has_value());
        if (throttle && row.wait) CHECK(throttle->wait == *row.wait);
    }
}

TEST_CASE("a hold lasts as long as the longest wait that was asked for") {
    Manners manners;
    CHECK_FALSE(manners.hold(start));
    manners.told(says(wire::Condition::no, "LIMIT", "many\n"), start);
    manners.told(says(wire::Condition::no, "INUSE", "locked"), start);
    REQUIRE(manners.hold(start + 59s));
    CHECK(manners.hold(start)->reason == "the origin throttles us (LIMIT: many?)");
    CHECK_FALSE(manners.hold(start + 60s));
    CHECK(manners.throttled() == 2);
}

TEST_CASE("commands a second are kept over any time, with a second's worth at once") {
    Manners manners({.commands_a_second = 10, .octets_a_day = 0});
    CHECK(manners.commands(start) == 10);
    manners.began(10, start);
    CHECK(manners.commands(start) == 0);
    CHECK(manners.next_command(start) == start + 100ms);
    std::size_t begun = 10;
    for (auto now = start; now < start + 10s; now += 7ms) {
        const auto some = std::min<std::size_t>(3, manners.commands(now));
        manners.began(some, now);
        begun += some;
    }
    CHECK(begun <= 110);
    CHECK(begun >= 105);
    CHECK(manners.commands(start + 30s) == 10);
    CHECK(Manners().commands(start) > 1'000'000);
}

TEST_CASE("a day's octets are counted over the last day, hour by hour") {
    Manners manners({.commands_a_second = 0, .octets_a_day = 1000});
    manners.received(400, start);
    manners.received(500, start + 5h);
    CHECK_FALSE(manners.hold(start + 5h));
    manners.received(100, start + 6h);
    const auto hold = manners.hold(start + 6h);
    REQUIRE(hold);
    CHECK(hold->until == start + 24h);
    CHECK_FALSE(manners.hold(start + 24h));
    manners.received(399, start + 24h);
    CHECK_FALSE(manners.hold(start + 24h));
    manners.received(1, start + 24h);
    CHECK(manners.hold(start + 24h)->until == start + 29h);
    Manners overrun({.commands_a_second = 0, .octets_a_day = 10});
    overrun.received(1'000'000, start);
    CHECK(overrun.hold(start)->until == start + 24h);
}

}  // namespace mailhold::imap::client
