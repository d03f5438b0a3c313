// Progress: sums over mailboxes.
#include "imap/sync/progress.hpp"

#include <algorithm>
#include <utility>

namespace mailhold::imap::sync {

Report Progress::report() const {
    const std::lock_guard lock(mutex_);
    Report report = report_;
    for (const auto& [mailbox, counts] : mailboxes_) {
        report.unaccounted += counts.missing;
        report.quarantined += counts.quarantined;
    }
    return report;
}

void Progress::state(State state) {
    const std::lock_guard lock(mutex_);
    report_.state = state;
}

void Progress::throttled(std::chrono::seconds wait) {
    const std::lock_guard lock(mutex_);
    ++report_.throttled;
    report_.throttled_for += wait;
}

void Progress::problem(std::string text) {
    const std::lock_guard lock(mutex_);
    report_.problem = std::move(text);
}

void Progress::pass_begins(std::uint64_t mailboxes) {
    const std::lock_guard lock(mutex_);
    report_.mailboxes = mailboxes;
    report_.mailboxes_done = 0;
    report_.messages = report_.messages_done = report_.octets_done = 0;
    for (const auto& [mailbox, counts] : mailboxes_) report_.messages += counts.missing;
}

void Progress::pass_succeeded(UtcMicros now) {
    const std::lock_guard lock(mutex_);
    report_.last_success = now;
    report_.problem.clear();
}

void Progress::mailbox_done() {
    const std::lock_guard lock(mutex_);
    report_.mailboxes_done = std::min(report_.mailboxes, report_.mailboxes_done + 1);
}

void Progress::missing(const std::string& mailbox, std::uint64_t messages) {
    const std::lock_guard lock(mutex_);
    auto& counts = mailboxes_[mailbox];
    // The total follows what is now known better.
    report_.messages =
        report_.messages + messages - std::min(report_.messages + messages, counts.missing);
    counts.missing = messages;
}

void Progress::archived(const std::string& mailbox, std::uint64_t messages, std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    auto& counts = mailboxes_[mailbox];
    counts.missing -= std::min(counts.missing, messages);
    report_.messages_done += messages;
    report_.octets_done += octets;
}

void Progress::quarantined(const std::string& mailbox, std::uint64_t messages) {
    const std::lock_guard lock(mutex_);
    mailboxes_[mailbox].quarantined = messages;
}

void Progress::forget(const std::string& mailbox) {
    const std::lock_guard lock(mutex_);
    mailboxes_.erase(mailbox);
}

}  // namespace mailhold::imap::sync
