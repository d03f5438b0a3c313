#include "store/base/fail_point.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <mutex>
#include <string>

namespace mailhold::fail_point {
namespace {

enum class Action { kill, error, no_space };

// Process-wide by purpose: a test arms the whole program, from outside.
struct Armed {
    std::mutex mutex;
    std::string name;
    std::uint64_t countdown = 0;
    Action action = Action::kill;
};
std::atomic<bool> any_armed{false};
Armed armed;

}  // namespace

Status arm(std::string_view specification) {
    const std::lock_guard lock(armed.mutex);
    any_armed = false;
    if (specification.empty()) return {};
    const auto first = specification.find(':');
    const auto second =
        specification.find(':', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) {
        return fail(Errc::invalid, "a fail point is written NAME:N:ACTION");
    }
    const auto count = specification.substr(first + 1, second - first - 1);
    const auto action = specification.substr(second + 1);
    const auto parsed = std::from_chars(count.data(), count.data() + count.size(), armed.countdown);
    if (parsed.ec != std::errc{} || parsed.ptr != count.data() + count.size() ||
        armed.countdown == 0)
        return fail(Errc::invalid, "a fail point counts from 1");
    if (action == "kill")
        armed.action = Action::kill;
    else if (action == "error")
        armed.action = Action::error;
    else if (action == "no_space")
        armed.action = Action::no_space;
    else
        return fail(Errc::invalid, "a fail point's action is kill, error or no_space");
    armed.name = specification.substr(0, first);
    any_armed = true;
    return {};
}

Status reach(std::string_view name) {
    if (!any_armed.load(std::memory_order_relaxed)) return {};
    const std::lock_guard lock(armed.mutex);
    if (armed.name != name) return {};
    if (armed.countdown > 1) {
        --armed.countdown;
        return {};
    }
    switch (armed.action) {
        case Action::kill:
            ::kill(::getpid(), SIGKILL);
            break;
        case Action::error:
            return fail(Errc::io, fmt::format("fail point {}", name));
        case Action::no_space:
            return fail(Errc::no_space,
                        fmt::format("fail point {}: no space left on device", name));
    }
    return {};
}

}  // namespace mailhold::fail_point
