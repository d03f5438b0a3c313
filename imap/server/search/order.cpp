#include "imap/server/search/order.hpp"

#include <algorithm>
#include <compare>
#include <numeric>

namespace mailhold::imap::server {
namespace {

struct Comparison {
    const store::MailboxSnapshot& mailbox;
    std::span<const std::uint32_t> places;
    const Columns::Column<OrderFacts>& facts;
    std::span<const std::uint8_t> scores;

    std::strong_ordering by(wire::SortKey::Kind kind, std::size_t a, std::size_t b) const {
        const auto& x = *facts[a];
        const auto& y = *facts[b];
        switch (kind) {
            case wire::SortKey::Kind::arrival:
                return entry(a).internal_date.utc <=> entry(b).internal_date.utc;
            case wire::SortKey::Kind::cc:
                return x.cc <=> y.cc;
            case wire::SortKey::Kind::date:
                return sent_date(entry(a), x) <=> sent_date(entry(b), y);
            case wire::SortKey::Kind::from:
                return x.from <=> y.from;
            case wire::SortKey::Kind::size:
                return entry(a).size <=> entry(b).size;
            case wire::SortKey::Kind::subject:
                return x.subject <=> y.subject;
            case wire::SortKey::Kind::to:
                return x.to <=> y.to;
            case wire::SortKey::Kind::display_from:
                return x.display_from <=> y.display_from;
            case wire::SortKey::Kind::display_to:
                return x.display_to <=> y.display_to;
            case wire::SortKey::Kind::relevancy:
                // RFC 6203 5: the most relevant first.
                if (scores.empty()) return std::strong_ordering::equal;
                return scores[b] <=> scores[a];
        }
        return std::strong_ordering::equal;
    }
    const store::Entry& entry(std::size_t i) const { return mailbox.entries[places[i]]; }
};

}  // namespace

UtcSeconds sent_date(const store::Entry& entry, const OrderFacts& facts) {
    return facts.sent.value_or(entry.internal_date.utc);
}

std::vector<std::size_t> in_order(std::span<const wire::SortKey> keys,
                                  const store::MailboxSnapshot& mailbox,
                                  std::span<const std::uint32_t> places,
                                  const Columns::Column<OrderFacts>& facts,
                                  std::span<const std::uint8_t> scores) {
    const Comparison compare{mailbox, places, facts, scores};
    std::vector<std::size_t> order(places.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        for (const wire::SortKey& key : keys) {
            const auto result =
                key.reverse ? compare.by(key.kind, b, a) : compare.by(key.kind, a, b);
            if (result != 0) return result < 0;
        }
        return places[a] < places[b];  // RFC 5256 3: REVERSE does not turn this around
    });
    return order;
}

}  // namespace mailhold::imap::server
