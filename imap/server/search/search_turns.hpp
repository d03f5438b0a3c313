// The searches that one connection's session awaits, one after the other, each in turns on the search
// pool.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "imap/net/runtime.hpp"
#include "imap/net/stream.hpp"
#include "imap/server/hub.hpp"
#include "imap/server/output.hpp"

namespace mailhold::imap::server {

// Belongs to the executor of its stream.
class SearchTurns {
  public:
    // All outlive it. `signal` is notified when a search is done.
    SearchTurns(Hub& hub, net::Signal& signal, net::Stream& stream)
        : hub_(hub), signal_(signal), stream_(stream) {}

    // `owner`, which this is a part of, is kept until it is done.
    void begin(const Search& wanted, const std::string& user, std::stop_token stop,
               std::shared_ptr<void> owner);
    bool is_done() const { return found_.has_value(); }
    Result<Places> take();  // once it is done
    // RFC 9585 3: how far it is, in messages. No tag: it is between two commands.
    Output progress_text(const std::string& tag) const;

  private:
    using Clock = std::chrono::steady_clock;
    Hub& hub_;
    net::Signal& signal_;
    net::Stream& stream_;
    std::shared_ptr<indexer::pipeline::SearchRun> run_;  // shared with its turn on the pool
    Clock::time_point begun_;
    std::optional<Result<Places>> found_;
    Clock::duration last_{}, before_{};  // what the searches before it took
};

}  // namespace mailhold::imap::server
