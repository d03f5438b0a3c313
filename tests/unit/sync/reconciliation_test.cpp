// Reconciliation: when, its arithmetic, and that a running mirror does it by itself.
#include "imap/sync/reconciliation.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

using namespace std::chrono_literals;

std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Uid> result;
    for (const auto n : numbers) result.push_back(Uid{n});
    return result;
}

store::Reconciled last_of(World& world) {
    return (*world.archive->balances()).at(0).reconciled.value_or(store::Reconciled{});
}

}  // namespace

TEST_CASE("accounts are compared in turn, each after its time, at once where that is past") {
    const UtcMicros now(1'000h);
    CHECK_FALSE(next_reconciliation("a", now, now, 0s));
    std::set<UtcMicros> first;
    for (const auto* name : {"a", "b", "c", "d"}) {
        const auto at = next_reconciliation(name, std::nullopt, now, 24h).value();
        CHECK(at >= now);
        CHECK(at < now + 24h);
        CHECK(at == next_reconciliation(name, std::nullopt, now, 24h));
        first.insert(at);
        CHECK(next_reconciliation(name, now - 5h, now, 24h) == now + 19h);
        CHECK(next_reconciliation(name, now - 50h, now, 24h).value() < now + 144min);
    }
    CHECK(first.size() == 4);
}

TEST_CASE("a report tells what differed, what was mended, and what is left") {
    Plan plan;
    plan.fetch = uids({2, 3, 4, 5, 6});
    plan.replaced = uids({2});
    plan.checked = uids({5});
    plan.vanished = uids({8, 9});
    const auto listed = uids({1, 2, 3, 4, 5, 6});
    auto report = found({"a", "INBOX", UidValidity{1}}, listed, plan, UtcMicros(1s));
    CHECK(report.shown == 6);
    CHECK(report.missing == 3);
    CHECK(report.replaced == 1);
    CHECK(report.gone == 2);
    CHECK(is_remarkable(report));

    store::GenerationState known;
    for (const auto uid : uids({1, 2, 3, 5, 9})) known.present.push_back({.uid = uid});
    known.quarantined = uids({4});
    known.awaited = uids({2, 6});  // 2 is another message by now, still to come
    conclude(report, listed, plan, known, UtcMicros(2s));
    CHECK(report.unaccounted == 2);
    CHECK(report.repaired == 6 - 2 - 1);
    CHECK(report.ended == UtcMicros(2s));

    auto next = found(report.generation, listed, {}, UtcMicros(2s));
    continue_with(report, next);
    CHECK(report.missing == 3);
    CHECK(report.unaccounted == 0);
    store::Reconciled account;
    account.mailboxes = 0;
    add(account, report);
    add(account, next);
    CHECK(account.mailboxes == 2);
    CHECK(account.shown == 12);
    CHECK_FALSE(is_remarkable(next));
}

TEST_CASE("a running mirror compares everything from time to time, and mends what differs") {
    World world;
    OriginMailbox backup;
    world.origin.with([&](OriginState& state) {
        state.capabilities += " CONDSTORE ENABLE";
        auto& inbox = state.mailboxes["INBOX"];
        inbox.add("a");
        backup = inbox;
        inbox.add("bb");
    });
    auto account = world.origin.account();
    account.poll_every = 1s;
    account.reconcile_every = 1s;
    Mirror mirror(world.runtime, world.pool, *world.archive, account);
    mirror.start();
    while (last_of(world).shown != 2) std::this_thread::yield();
    // Restored and grown to the very same UIDNEXT, EXISTS and HIGHESTMODSEQ.
    world.origin.with([&](OriginState& state) {
        state.mailboxes["INBOX"] = backup;
        state.mailboxes["INBOX"].add("CCC");
    });
    while (world.present("INBOX").count("CCC") == 0) std::this_thread::yield();
    while (last_of(world).replaced != 1) std::this_thread::yield();
    CHECK(last_of(world).repaired == 1);
    while (last_of(world).replaced != 0) std::this_thread::yield();
    mirror.stop();
    world.check_level();
    CHECK(store::verify(world.folder)->problems.empty());
}

}  // namespace mailhold::imap::sync
