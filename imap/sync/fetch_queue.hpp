// Which messages to ask for next, what came of it, and what to ask again: the bookkeeping of a
// mailbox's fetching. Pure. Invariant: every wanted UID ends as arrived, refused or unanswered;
// none is lost and none asked for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/base/ids.hpp"

namespace mailhold::imap::sync {

class FetchQueue {
  public:
    static constexpr std::size_t chunk_size = 100;
    static constexpr std::size_t in_flight_limit = 3;  // chunks

    enum class Pace {
        pipelined,
        careful  // the first ones alone: something among them ends the connection
    };
    enum class Form {
        chunk,
        alone,   // one message, and nothing else in flight
        slices,  // one large message, piece by piece, and nothing else in flight
        plain    // alone, and as little of it as possible: the full question did not get the octets
    };
    struct Ask {
        std::uint32_t id = 0;
        std::vector<Uid> uids;
        Form form = Form::chunk;
    };

    // From this size on a message is fetched in slices of that many octets.
    static constexpr std::uint64_t large_from = 8 << 20;
    static constexpr std::uint32_t slice_size = 2 << 20;

    // `large`: those of `wanted` that are.
    FetchQueue(const std::vector<Uid>& wanted, const std::vector<Uid>& doubtful, Pace pace,
               const std::set<Uid>& large = {});

    std::optional<Ask> next_ask();  // nullopt: enough is in flight, or nothing is left
    bool finished() const { return asks_.empty() && in_flight_.empty(); }

    bool waits_for(Uid uid) const { return waiting_.contains(uid); }
    // The octets of `uid` came. False when nobody waits for them: not asked for, or sent twice.
    bool arrived(Uid uid) { return waiting_.erase(uid) > 0; }
    // Nothing below this UID is in flight; what comes out of order later was refused once.
    static constexpr Uid everything{0xffffffff};
    Uid settled() const { return waiting_.empty() ? everything : *waiting_.begin(); }
    // An ask has ended: "" for OK, else what the server said. What did not arrive is asked for
    // again in the next form.
    void completed(std::uint32_t id, const std::string& refusal);
    void abandon() { asks_.clear(); }  // ask for nothing more

    // UIDs with the server's words.
    const std::map<Uid, std::string>& refused() const { return refused_; }
    // OK, but no octets: expunged, or not sent.
    const std::vector<Uid>& unanswered() const { return unanswered_; }
    // What is being asked for alone, if anything is: the suspect when the connection ends now.
    std::optional<Uid> suspect() const;

  private:
    void push(std::vector<Uid> uids, Form form);

    std::uint32_t next_id_ = 1;
    std::deque<Ask> asks_;
    std::map<std::uint32_t, Ask> in_flight_;
    std::set<Uid> waiting_;
    std::map<Uid, std::string> refused_;
    std::vector<Uid> unanswered_;
};

}  // namespace mailhold::imap::sync
