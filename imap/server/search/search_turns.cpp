#include "imap/server/search/search_turns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {

namespace pipeline = indexer::pipeline;

void SearchTurns::begin(const Search& wanted, const std::string& user, std::stop_token stop,
                        std::shared_ptr<void> owner) {
    begun_ = Clock::now();
    found_.reset();
    run_ = hub_.services.searcher.begin(wanted.query, wanted.mailbox, std::move(stop),
                                        hub_.options.search_budget);
    // What it found comes back to the connection's executor.
    auto work = [this, run = run_, executor = stream_.executor(),
                 owner = std::move(owner)](const pipeline::Slice& slice) mutable {
        Result<Places> found;
        try {
            const auto step = run->step(slice);
            if (step != pipeline::Step::done) return step;
            found = run->take();
        } catch (const std::exception& problem) {
            log::error("search.exception", {{"what", problem.what()}});
            found = fail(Errc::io, "search failed");
        } catch (...) {  // whatever it is, the session waits for an answer
            log::error("search.exception", {{"what", "not a std::exception"}});
            found = fail(Errc::io, "search failed");
        }
        auto deliver = [this, owner = std::move(owner), found = std::move(found)]() mutable {
            found_ = std::move(found);
            signal_.notify();
        };
        boost::asio::post(executor, std::move(deliver));
        return pipeline::Step::done;
    };
    // One long search among short ones is no habit.
    if (!hub_.services.search_pool.start(user, std::move(work), std::min(last_, before_)))
        found_ = fail(Errc::limit, "too many searches of this user wait");
}

Result<Places> SearchTurns::take() {
    before_ = std::exchange(last_, run_->used());
    run_.reset();
    if (hub_.services.observer.search_time)
        hub_.services.observer.search_time(Clock::now() - begun_);
    return *std::exchange(found_, std::nullopt);
}

Output SearchTurns::progress_text(const std::string& tag) const {
    const auto progress = run_->progress();
    Output out;
    out.add(fmt::format("* OK [INPROGRESS ({} {} {})] Searching\r\n",
                        tag.empty() ? "NIL" : wire::string_text(tag), progress.done,
                        progress.total));
    return out;
}

}  // namespace mailhold::imap::server
