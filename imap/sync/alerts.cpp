// Alerts: the last text and the times of an hour.
#include "imap/sync/alerts.hpp"

namespace mailhold::imap::sync {

bool Alerts::is_news(std::string_view text, Time now) {
    while (!told_.empty() && now - told_.front() >= std::chrono::hours(1)) told_.pop_front();
    if (text == last_ || told_.size() >= an_hour) return false;
    last_ = text;
    told_.push_back(now);
    return true;
}

}  // namespace mailhold::imap::sync
