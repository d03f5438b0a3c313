// The bookkeeping of fetching: every UID ends somewhere, none is asked for ever.
#include "imap/sync/fetch_queue.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::sync {
namespace {

std::vector<Uid> uids(std::uint32_t first, std::uint32_t last) {
    std::vector<Uid> result;
    for (auto uid = first; uid <= last; ++uid) result.push_back(Uid{uid});
    return result;
}

}  // namespace

TEST_CASE("fetch queue keeps three chunks of a hundred in flight") {
    FetchQueue queue(uids(1, 450), {}, FetchQueue::Pace::pipelined);
    std::vector<FetchQueue::Ask> asks;
    while (auto ask = queue.next_ask()) asks.push_back(*ask);
    REQUIRE(asks.size() == 3);
    CHECK(asks[2].uids.front() == Uid{201});
    for (const auto uid : asks[0].uids) CHECK(queue.arrived(uid));
    queue.completed(asks[0].id, "");
    CHECK(queue.next_ask()->uids.front() == Uid{301});
    CHECK_FALSE(queue.next_ask());
    CHECK_FALSE(queue.finished());
}

TEST_CASE("fetch queue asks for large ones in slices, in their turn and with nothing beside them") {
    FetchQueue queue(uids(1, 5), {}, FetchQueue::Pace::pipelined, {Uid{1}, Uid{4}});
    using Form = FetchQueue::Form;
    struct Row {
        std::vector<Uid> uids;
        Form form;
    };
    const Row table[] = {{uids(1, 1), Form::slices},
                         {uids(2, 3), Form::chunk},
                         {uids(4, 4), Form::slices},
                         {uids(5, 5), Form::chunk},
                         {uids(4, 4), Form::alone}};
    for (const auto& row : table) {
        const auto ask = queue.next_ask();
        REQUIRE(ask);
        CHECK(ask->uids == row.uids);
        CHECK(ask->form == row.form);
        CHECK_FALSE(queue.next_ask());
        const bool failed = row.form == Form::slices && row.uids == uids(4, 4);
        for (const auto uid : row.uids) CHECK((failed || queue.arrived(uid)));
        queue.completed(ask->id, "");
    }
    CHECK(queue.finished());
}

TEST_CASE("fetch queue takes no octets twice and none that were not asked for") {
    FetchQueue queue(uids(1, 2), {}, FetchQueue::Pace::pipelined);
    CHECK_FALSE(queue.arrived(Uid{1}));
    queue.next_ask();
    CHECK(queue.arrived(Uid{1}));
    CHECK_FALSE(queue.arrived(Uid{1}));
    CHECK_FALSE(queue.arrived(Uid{7}));
}

TEST_CASE("fetch queue asks again alone, then gives up with the reason") {
    FetchQueue queue(uids(1, 3), {}, FetchQueue::Pace::pipelined);
    const auto chunk = queue.next_ask();
    queue.arrived(Uid{2});
    queue.completed(chunk->id, "broken message");
    const std::vector<std::pair<std::uint32_t, FetchQueue::Form>> wanted{
        {1, FetchQueue::Form::alone},
        {3, FetchQueue::Form::alone},
        {1, FetchQueue::Form::plain},
        {3, FetchQueue::Form::plain}};
    for (const auto& [uid, form] : wanted) {
        const auto ask = queue.next_ask();
        CHECK_FALSE(queue.next_ask());
        CHECK(ask->uids == uids(uid, uid));
        CHECK(ask->form == form);
        queue.completed(ask->id, uid == 1 ? "still broken" : "");
    }
    CHECK(queue.finished());
    CHECK(queue.refused() == std::map<Uid, std::string>{{Uid{1}, "still broken"}});
    CHECK(queue.unanswered() == uids(3, 3));
}

TEST_CASE("fetch queue goes carefully one by one and knows the suspect") {
    FetchQueue queue(uids(5, 6), uids(9, 9), FetchQueue::Pace::careful);
    CHECK_FALSE(queue.suspect());
    const auto ask = queue.next_ask();
    CHECK(queue.suspect() == Uid{5});
    CHECK_FALSE(queue.next_ask());
    queue.arrived(Uid{5});
    queue.completed(ask->id, "");
    queue.completed(99, "");  // nobody's
    queue.abandon();
    CHECK(queue.finished());
}

}  // namespace mailhold::imap::sync
