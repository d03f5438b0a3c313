#include "imap/sync/batch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <set>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

const store::Generation generation{"alice", "INBOX", UidValidity{7}};

std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t last) {
    std::vector<std::uint32_t> uids;
    for (; first <= last; ++first) uids.push_back(first);
    return uids;
}

// Adds them in this order, as FetchQueue would say what is settled.
net::awaitable<Status> add_all(Batch& batch, const std::vector<std::uint32_t>& order) {
    std::set<std::uint32_t> missing(order.begin(), order.end());
    for (const auto uid : order) {
        missing.erase(uid);
        store::Arrival arrival;
        arrival.sighting.generation = generation;
        arrival.sighting.uid = Uid{uid};
        arrival.octets = Blob("Subject: " + std::to_string(uid) + "\r\n\r\n");
        const auto settled = missing.empty() ? 0xffffffff : *missing.begin();
        auto added = co_await batch.add(std::move(arrival), {}, Uid{settled});
        if (!added) co_return added;
    }
    co_return co_await batch.finish();
}

TEST_CASE("a server that mixes its answers costs few commits, and the order stays") {
    World world;
    REQUIRE(world.archive->ingest({}, {store::AccountDeclared{"alice", "imaps://x"},
                                       store::MailboxListed{"alice", "INBOX", "/", {}},
                                       store::GenerationOpened{generation}}));
    std::atomic<int> commits = 0;
    const auto counting = world.archive->subscribe([&](const store::Change&) { ++commits; });

    // Three commands of a hundred, the second and third before most of the first; then on.
    std::vector<std::uint32_t> order;
    for (const auto& [first, last] : {std::pair{1, 28}, {101, 300}, {29, 100}, {301, 1000}})
        std::ranges::copy(
            range(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)),
            std::back_inserter(order));
    std::vector<Uid> expected;
    for (const auto uid : range(1, 1000)) expected.push_back(Uid{uid});

    const auto executor = world.runtime.next_executor();
    Batch batch(world.runtime, executor, world.pool, *world.archive, 0, {generation, expected},
                [](std::uint64_t, std::uint64_t) {});
    std::promise<Status> ended;
    auto body = [](Batch& to, std::vector<std::uint32_t> uids,
                   std::promise<Status>& result) -> net::awaitable<void> {
        result.set_value(co_await add_all(to, uids));
    };
    world.runtime.spawn("batch", executor, body(batch, order, ended));
    REQUIRE(ended.get_future().get());

    CHECK(commits <= 8);
    for (const auto& mailbox : *world.archive->mailboxes()) {
        if (mailbox.kind != store::MailboxKind::mirrored) continue;
        const auto snapshot = *world.archive->snapshot(mailbox.id);
        CHECK(snapshot->entries.size() == 1000);
        CHECK(std::ranges::is_sorted(snapshot->entries, {}, &store::Entry::message));
    }
}

}  // namespace
}  // namespace mailhold::imap::sync
