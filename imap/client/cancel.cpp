// Cancel: two lists of what to end.
#include "imap/client/cancel.hpp"

#include <utility>

namespace mailhold::imap::client {

void Cancel::Step::reach() {
    reached = true;
    const auto now = std::exchange(actions, {});
    for (const auto& [key, action] : now) action();
}

Cancel::Hook Cancel::Step::add(std::function<void()> action) {
    const auto key = next_key++;
    if (reached) {
        action();
    } else {
        actions.emplace(key, std::move(action));
    }
    return {actions, key};
}

void Cancel::insist() {
    request();
    insisted_.reach();
}

}  // namespace mailhold::imap::client
