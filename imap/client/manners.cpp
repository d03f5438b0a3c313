// Reading throttles; counting commands and octets.
#include "imap/client/manners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "imap/client/client_core.hpp"

namespace mailhold::imap::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_wait = std::chrono::hours(24);

struct Code {
    std::string_view name;
    milliseconds wait;  // where the server does not say
};
// RFC 5530 3: trouble that passes when we wait. Gmail's OVERQUOTA lasts hours: a look once an hour.
constexpr Code passing[] = {{"OVERQUOTA", std::chrono::hours(1)},
                            {"THROTTLED", std::chrono::minutes(2)},
                            {"LIMIT", std::chrono::minutes(1)},
                            {"UNAVAILABLE", std::chrono::seconds(30)},
                            {"INUSE", std::chrono::seconds(5)}};

// Exchange: "NO Server Unavailable. 15 Suggested Backoff Time: 300000 milliseconds".
std::optional<milliseconds> suggested(std::string_view text) {
    constexpr std::string_view words = "suggested backoff time: ";
    const auto at = std::ranges::search(text, words, {}, [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (at.empty()) return std::nullopt;
    const auto digits = std::string_view(at.end(), text.end());
    std::uint64_t count = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (end == digits.data()) return std::nullopt;
    if (problem != std::errc{}) return longest_wait;
    return milliseconds(std::min<std::uint64_t>(count, longest_wait.count()));
}

}  // namespace

std::optional<Throttle> throttle_of(const wire::StatusResponse& status) {
    if (status.condition == wire::Condition::ok || status.condition == wire::Condition::preauth)
        return std::nullopt;
    const auto name = status.code ? std::string_view(status.code->name) : std::string_view();
    const auto known = std::ranges::find(passing, name, &Code::name);
    const auto wait = suggested(status.text);
    if (known == std::end(passing) && !wait) return std::nullopt;
    const auto reason =
        name.empty() ? printable(status.text) : fmt::format("{}: {}", name, printable(status.text));
    return Throttle{wait ? *wait : known->wait, reason};
}

Manners::Time::duration Manners::share() const {
    return Time::duration(std::chrono::seconds(1)) /
           static_cast<Time::rep>(limits_.commands_a_second);
}

// A second's worth may be begun at once; then each waits for its share of a second.
std::size_t Manners::commands(Time now) const {
    if (limits_.commands_a_second == 0) return std::numeric_limits<std::size_t>::max();
    const auto ahead = std::max(paid_until_ - now, Time::duration::zero());
    const auto free = std::chrono::seconds(1) - ahead;
    if (free <= Time::duration::zero()) return 0;
    return static_cast<std::size_t>(free / share());
}

Manners::Time Manners::next_command(Time now) const {
    if (limits_.commands_a_second == 0) return now;
    return std::max(now, paid_until_ - std::chrono::seconds(1) + share());
}

void Manners::began(std::size_t commands, Time now) {
    if (limits_.commands_a_second == 0) return;
    paid_until_ = std::max(paid_until_, now) + share() * static_cast<Time::rep>(commands);
}

void Manners::received(std::uint64_t octets, Time now) {
    if (limits_.octets_a_day == 0) return;
    if (hours_.empty() || now - hours_.back().begin >= std::chrono::hours(1))
        hours_.push_back({now, 0});
    hours_.back().octets += octets;
    octets_ += octets;
    while (now - hours_.front().begin >= std::chrono::hours(24)) {
        octets_ -= hours_.front().octets;
        hours_.pop_front();
    }
    if (octets_ < limits_.octets_a_day) return;
    // Until the first hour has left the day whose octets we need back.
    auto left = octets_;
    for (const auto& hour : hours_) {
        left -= hour.octets;
        if (left >= limits_.octets_a_day) continue;
        hold_until(hour.begin + std::chrono::hours(24),
                   fmt::format("the day's {} MiB of this account are used up",
                               limits_.octets_a_day >> 20));
        return;
    }
}

void Manners::told(const wire::StatusResponse& status, Time now) {
    auto throttle = throttle_of(status);
    if (!throttle) return;
    ++throttled_;
    hold_until(now + throttle->wait, fmt::format("the origin throttles us ({})", throttle->reason));
}

void Manners::hold_until(Time until, std::string reason) {
    if (!hold_ || hold_->until < until) hold_ = Hold{until, std::move(reason)};
}

std::optional<Manners::Hold> Manners::hold(Time now) const {
    return hold_ && hold_->until > now ? hold_ : std::nullopt;
}

}  // namespace mailhold::imap::client
