// Cancel: the list of what to end.
#include "imap/client/cancel.hpp"

#include <utility>

namespace mailhold::imap::client {

void Cancel::request() {
    requested_ = true;
    const auto actions = std::exchange(actions_, {});
    for (const auto& [key, action] : actions) action();
}

Cancel::Hook Cancel::on_request(std::function<void()> action) {
    const auto key = next_key_++;
    if (requested_) {
        action();
    } else {
        actions_.emplace(key, std::move(action));
    }
    return {*this, key};
}

}  // namespace mailhold::imap::client
