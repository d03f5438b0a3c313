#include "imap/sync/batch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <random>
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

using OctetsOf = std::function<std::string(std::uint32_t)>;
std::string small(std::uint32_t uid) {
    return "Subject: " + std::to_string(uid) + "\r\n\r\n";
}

// Adds them in this order, as FetchQueue would say what is settled.
net::awaitable<Status> add_all(Batch& batch, const std::vector<std::uint32_t>& order,
                               const OctetsOf& octets) {
    std::set<std::uint32_t> missing(order.begin(), order.end());
    Status status;
    for (const auto uid : order) {
        missing.erase(uid);
        store::Arrival arrival;
        arrival.sighting.generation = generation;
        arrival.sighting.uid = Uid{uid};
        arrival.octets = Blob(octets(uid));
        const auto settled = missing.empty() ? 0xffffffff : *missing.begin();
        status = co_await batch.add(std::move(arrival), {}, Uid{settled});
        if (!status) break;
    }
    const auto finished = co_await batch.finish();
    co_return status ? finished : status;
}

// What is stored of the mailbox then.
std::shared_ptr<const store::MailboxSnapshot> mirrored(const World& world) {
    for (const auto& mailbox : *world.archive->mailboxes()) {
        if (mailbox.kind == store::MailboxKind::mirrored)
            return *world.archive->snapshot(mailbox.id);
    }
    FAIL("no mailbox");
    return nullptr;
}

Status store_all(World& world, const std::vector<std::uint32_t>& order, const OctetsOf& octets) {
    REQUIRE(world.archive->ingest({}, {store::AccountDeclared{"alice", "imaps://x"},
                                       store::MailboxListed{"alice", "INBOX", "/", {}},
                                       store::GenerationOpened{generation}}));
    std::vector<Uid> expected;
    for (const auto uid : order) expected.push_back(Uid{uid});
    std::ranges::sort(expected);
    const auto executor = world.runtime.next_executor();
    Batch batch(world.runtime, executor, world.pool, *world.archive, 0, {generation, expected},
                [](std::uint64_t, std::uint64_t) {});
    std::promise<Status> ended;
    auto body = [&]() -> net::awaitable<void> {
        ended.set_value(co_await add_all(batch, order, octets));
    };
    world.runtime.spawn("batch", executor, body());
    return ended.get_future().get();
}

TEST_CASE("a server that mixes its answers costs few commits, and the order stays") {
    World world;
    std::atomic<int> commits = 0;
    const auto counting = world.archive->subscribe([&](const store::Change&) { ++commits; });

    // Three commands of a hundred, the second and third before most of the first; then on.
    std::vector<std::uint32_t> order;
    for (const auto& [first, last] : {std::pair{1, 28}, {101, 300}, {29, 100}, {301, 1000}})
        std::ranges::copy(
            range(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)),
            std::back_inserter(order));
    REQUIRE(store_all(world, order, small));

    CHECK(commits <= 9);  // the first one declares the mailbox
    const auto snapshot = mirrored(world);
    CHECK(snapshot->entries.size() == 1000);
    CHECK(std::ranges::is_sorted(snapshot->entries, {}, &store::Entry::message));
}

TEST_CASE("behind a batch that cannot be stored no other one is") {
    World world;
    std::filesystem::remove_all(world.archive->spool_folder());
    std::mt19937 random(5);
    const auto octets = [&](std::uint32_t uid) {
        if (uid != 250) return small(uid);
        std::string large(2 << 20, '\0');  // needs the spool once it is packed
        std::ranges::generate(large, [&] { return static_cast<char>(random()); });
        return large;
    };
    CHECK_FALSE(store_all(world, range(1, 1000), octets));
    const auto snapshot = mirrored(world);
    CHECK(snapshot->entries.size() == 200);
    CHECK(snapshot->entries.back().uid == Uid{200});
}

}  // namespace
}  // namespace mailhold::imap::sync
