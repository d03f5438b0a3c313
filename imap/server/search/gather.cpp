#include "imap/server/search/gather.hpp"

#include <algorithm>
#include <utility>

#include "indexer/query/fuzzy.hpp"

namespace mailhold::imap::server {
namespace {

constexpr std::size_t part = 500;        // messages
constexpr std::size_t ranked_part = 50;  // messages that are read whole

template <class Facts>
Status append(Columns::Column<Facts>& all, Result<Columns::Column<Facts>> more) {
    if (!more) return std::unexpected(more.error());
    all.insert(all.end(), more->begin(), more->end());
    return {};
}

class Gathering {
  public:
    Gathering(State& state, Wanted wanted, Snapshot mailbox, Places places)
        : state_(state),
          wanted_(std::move(wanted)),
          gathered_{std::move(mailbox), std::move(places), {}, {}, {}} {
        if (!wanted_.order && !wanted_.links && !wanted_.rank_by) done_ = gathered_.places.size();
    }

    Gathered& gathered() { return gathered_; }
    bool is_done() const { return done_ == gathered_.places.size(); }

    Status next_part() {
        const auto end =
            std::min(done_ + (wanted_.rank_by ? ranked_part : part), gathered_.places.size());
        std::vector<MessageNumber> numbers;
        for (auto i = done_; i < end; ++i)
            numbers.push_back(gathered_.mailbox->entries[gathered_.places[i]].message);
        done_ = end;
        auto& columns = state_.backend.cache.columns;
        Status status;
        if (wanted_.order) status = append(gathered_.facts, columns.order(numbers));
        if (status && wanted_.links) status = append(gathered_.links, columns.links(numbers));
        if (status && wanted_.rank_by) status = rank(numbers);
        return status;
    }

  private:
    Status rank(const std::vector<MessageNumber>& numbers) {
        for (const MessageNumber message : numbers) {
            const auto text = state_.backend.searcher.text(message);
            if (!text) return std::unexpected(text.error());
            gathered_.scores.push_back(indexer::query::relevance(*wanted_.rank_by, *text));
        }
        return {};
    }

    State& state_;
    Wanted wanted_;
    Gathered gathered_;
    std::size_t done_ = 0;
};

}  // namespace

Reply gather_then(State& state, Wanted wanted, Snapshot mailbox, Places places,
                  std::move_only_function<Reply(Gathered&, Output&)> then) {
    if (wanted.rank_by && places.size() > most_ranked)
        return no("LIMIT", "Too many messages to rank; ask for fewer");
    state.unfinished = [then = std::move(then),
                        gathering = Gathering(state, std::move(wanted), std::move(mailbox),
                                              std::move(places))](Output& out) mutable -> Reply {
        if (gathering.is_done()) return then(gathering.gathered(), out);
        const auto status = gathering.next_part();
        if (!status) return failed(status.error());
        return std::nullopt;
    };
    return std::nullopt;
}

}  // namespace mailhold::imap::server
