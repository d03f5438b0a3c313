// Mirrors by account name.
#include "api/cli/mirrors.hpp"

#include <algorithm>

#include "api/cli/wiring.hpp"
#include "store/base/log.hpp"

namespace mailhold::cli {
namespace {

const char* word(imap::sync::State state) {
    switch (state) {
        case imap::sync::State::connecting:
            return "connecting";
        case imap::sync::State::mirroring:
            return "mirroring";
        case imap::sync::State::watching:
            return "watching";
        case imap::sync::State::waiting:
            return "waiting";
        case imap::sync::State::throttled:
            return "throttled";
        case imap::sync::State::downgraded:
            return "downgraded";
        case imap::sync::State::refused:
            return "refused";
        case imap::sync::State::stopped:
            return "stopped";
    }
    return "stopped";
}

}  // namespace

Mirrors::~Mirrors() {
    follow({});
}

void Mirrors::follow(const std::vector<config::Account>& accounts) {
    std::vector<Running> ending;  // destroyed, and so stopped, outside the lock
    {
        std::scoped_lock lock(mutex_);
        for (auto& [name, running] : running_)
            if (std::ranges::find(accounts, running.account) == accounts.end())
                ending.push_back(std::move(running));
        for (const auto& ended : ending) running_.erase(ended.account.name);
    }
    for (const auto& ended : ending) ended.mirror->ask_to_stop();
    for (const auto& ended : ending) {
        ended.mirror->stop();
        log::info("mirror.ended", {{"account", ended.account.name}});
    }
    ending.clear();
    for (const auto& account : accounts) {
        // Only this thread changes the map.
        if (const auto running = running_.find(account.name); running != running_.end()) {
            running->second.mirror->retry();
            continue;
        }
        auto mirror = std::make_unique<imap::sync::Mirror>(runtime_, pool_, archive_,
                                                           to_origin(account, data_));
        mirror->start();
        std::scoped_lock lock(mutex_);
        running_.emplace(account.name, Running{account, std::move(mirror)});
    }
}

Status Mirrors::reconcile(const std::string& account) {
    std::scoped_lock lock(mutex_);
    const auto running = running_.find(account);
    if (running == running_.end())
        return fail(Errc::not_found, "no account of this name is mirrored");
    running->second.mirror->reconcile();
    return {};
}

std::optional<http::MirrorStatus> Mirrors::status(const std::string& account) const {
    std::scoped_lock lock(mutex_);
    auto running = running_.find(account);
    if (running == running_.end()) return std::nullopt;
    auto report = running->second.mirror->report();
    http::MirrorStatus status;
    status.state = word(report.state);
    status.problem = std::move(report.problem);
    status.mailboxes = report.mailboxes;
    status.mailboxes_done = report.mailboxes_done;
    status.messages = report.messages;
    status.messages_done = report.messages_done;
    status.unaccounted = report.unaccounted;
    status.quarantined = report.quarantined;
    status.throttled = report.throttled;
    status.throttled_seconds = static_cast<std::uint64_t>(report.throttled_for.count());
    status.last_success = report.last_success;
    return status;
}

}  // namespace mailhold::cli
