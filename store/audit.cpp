#include "store/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "store/base/log.hpp"

namespace mailhold::store {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 7> names = {"login", "logout", "select", "search",
                                                   "fetch", "append", "copy"};

// All of any user's name. Who is none of them says what he likes, and it stays for ever.
constexpr std::size_t longest_user = 200;

void bound(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    const auto left = text.size() - most;
    text.resize(most);
    text += fmt::format("... and {} octets more", left);
}

}  // namespace

std::string_view name_of(Accessed::What what) {
    return names[static_cast<std::size_t>(what)];
}

std::optional<Accessed::What> what_named(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Accessed::What>(found - names.begin());
}

void bound(Accessed& access) {
    bound(access.user, longest_user);
    bound(access.mailbox, Audit::longest_text);
    bound(access.detail, Audit::longest_text);
}

Audit::Audit(Archive& archive, Options options)
    : archive_(archive), options_(std::move(options)), thread_("audit", [this] { run(); }) {}

Audit::~Audit() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    thread_.join();
}

bool Audit::records(Accessed::What what) const {
    return options_.mode != Mode::off && !options_.leave_out.contains(what);
}

Status Audit::record(Accessed access) {
    if (!records(access.what)) return {};
    access.time = utc_now();
    bound(access);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return waiting_.size() < most_waiting || !problem_; });
    if (waiting_.size() >= most_waiting) return problem_;
    if (repeats_.counts(access, std::chrono::steady_clock::now())) return {};
    waiting_.emplace_back(std::move(access));
    const auto number = taken_ + waiting_.size();
    work_.notify_one();
    if (options_.mode != Mode::strict) return {};
    done_.wait(lock, [&] { return written_ >= number || !problem_; });
    return written_ >= number ? Status{} : problem_;
}

// What could not be written stays first in line, and is tried again with what came since.
void Audit::run() {
    std::unique_lock lock(mutex_);
    using Clock = std::chrono::steady_clock;
    while (true) {
        // Whatever is counted follows something that waited.
        work_.wait_until(lock, repeats_.next().value_or(Clock::now() + AuditRepeats::window),
                         [&] { return stopping_ || !waiting_.empty(); });
        for (auto& counted : repeats_.over(stopping_ ? Clock::time_point::max() : Clock::now()))
            waiting_.emplace_back(std::move(counted));
        if (waiting_.empty() && stopping_) return;
        if (waiting_.empty()) continue;
        if (options_.mode == Mode::follow)
            work_.wait_for(lock, options_.batch,
                           [&] { return stopping_ || waiting_.size() >= most_waiting / 2; });
        auto batch = std::exchange(waiting_, {});
        taken_ += batch.size();
        lock.unlock();
        auto written = archive_.ingest({}, batch);
        lock.lock();
        if (written) {
            written_ += batch.size();
        } else {
            log::error("audit.failed", {{"what", written.error().text}});
            taken_ -= batch.size();
            batch.insert(batch.end(), std::make_move_iterator(waiting_.begin()),
                         std::make_move_iterator(waiting_.end()));
            waiting_ = std::move(batch);
        }
        problem_ = std::move(written);
        done_.notify_all();
        if (problem_) continue;
        if (stopping_) return;  // once more at the end, and no longer
        work_.wait_for(lock, options_.batch, [&] { return stopping_; });
    }
}

}  // namespace mailhold::store
