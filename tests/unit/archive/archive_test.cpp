#include "store/archive.hpp"

#include <atomic>
#include <fstream>
#include <random>
#include <thread>

#include "store/catalog/catalog.hpp"
#include "store/replay.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

TEST_CASE("what was ingested is there, byte for byte, now and after reopening") {
    const TestFolder folder;
    std::string before;
    {
        const auto archive = take(Archive::open(folder.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1), {"\\Seen"}), arrival(inbox, 2, ""),
                            arrival(inbox, 3, mail(3))},
                           {GenerationSynced{inbox, Uid{4}, ModSeq{0}, 3}}));
        const auto stored = take(archive->find(sha256(mail(1))));
        CHECK(take(archive->octets(stored)).view() == mail(1));
        CHECK(take(archive->octets(MessageNumber{2})).view().empty());
        CHECK(take(archive->totals()).messages == 3);
        before = dump(*archive);
    }
    const auto found = verified(folder.path());
    CHECK(found.messages == 3);
    CHECK(found.records == 7);
    CHECK(found.checkpoints == 1);
    CHECK(dump(*take(ArchiveReader::open(folder.path()))) == before);
    CHECK(dump(*take(Archive::open(folder.path()))) == before);
}

TEST_CASE("the same bytes are stored once, and a known fact is recorded once") {
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    const Generation sent{"alice", "Sent", UidValidity{1}};
    ok(archive->ingest(
        {arrival(inbox, 1, mail(1)), arrival(inbox, 2, mail(1)), arrival(sent, 1, mail(1))}));
    CHECK(take(archive->totals()).messages == 1);
    CHECK(take(archive->totals()).sightings == 3);
    const auto records = take(archive->totals()).applied;
    CHECK(number(records) == 4);
    ok(archive->ingest({arrival(inbox, 1, mail(1)), arrival(sent, 1, mail(1))}));
    ok(archive->ingest({}, {FlagsSeen{inbox, Uid{1}, {}, ModSeq{0}}}));
    ok(archive->ingest({}));
    CHECK(take(archive->totals()).applied == records);
}

TEST_CASE("a second writer is refused by name, readers are not") {
    const TestFolder folder;
    CHECK(ArchiveReader::open(folder.path()).error().code == Errc::not_found);
    CHECK(verify(folder.path()).error().code == Errc::not_found);
    CHECK(rebuild_catalog(folder.path()).error().code == Errc::not_found);
    const auto archive = take(Archive::open(folder.path()));
    const auto second = Archive::open(folder.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::locked);
    CHECK(second.error().text.find(std::to_string(::getpid())) != std::string::npos);
    CHECK(rebuild_catalog(folder.path()).error().code == Errc::locked);
    const auto reader = take(ArchiveReader::open(folder.path()));
    for (std::uint32_t uid = 1; uid <= 20; ++uid) {
        ok(archive->ingest({arrival(inbox, uid, mail(uid))}));
        CHECK(take(reader->octets(take(reader->find(sha256(mail(uid)))))).view() == mail(uid));
    }
    CHECK(dump(*reader) == dump(*archive));
    verified(folder.path());
}

TEST_CASE("removing the lock file admits no second writer") {
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    std::filesystem::remove(folder.path() / "lock");
    CHECK(Archive::open(folder.path()).error().code == Errc::locked);
    CHECK(rebuild_catalog(folder.path()).error().code == Errc::locked);
}

TEST_CASE("a closed archive has its whole catalog in one file") {
    const TestFolder folder;
    {
        const auto archive = take(Archive::open(folder.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1))}));
        CHECK(take(archive->totals()).messages == 1);
    }
    auto wal = catalog_path(folder.path());
    CHECK_FALSE(std::filesystem::exists(wal += "-wal"));
    CHECK(dump(*take(ArchiveReader::open(folder.path()))).starts_with("1 messages"));
}

TEST_CASE("what is missing of an archive is named, and what to do") {
    const QuietLog quiet;
    const TestFolder folder;
    take(Archive::open(folder.path()))->ingest({arrival(inbox, 1, mail(1))});
    const auto refusal = [&] { return ArchiveReader::open(folder.path()).error(); };
    SECTION("the catalog") {
        ok(catalog::CatalogWriter::discard(catalog_path(folder.path())));
        CHECK(refusal().code == Errc::not_found);
        CHECK_THAT(refusal().text,
                   Catch::Contains("catalog") && Catch::Contains("mailhold rebuild"));
        const auto found = take(verify(folder.path()));
        CHECK(found.messages == 1);
        REQUIRE(found.problems.size() == 1);
        CHECK(found.problems[0].where == "catalog.sqlite");
    }
    SECTION("the ledger") {
        std::filesystem::remove_all(ledger_folder(folder.path()));
        const auto refused = verify(folder.path());
        REQUIRE_FALSE(refused);
        CHECK_THAT(refused.error().text, Catch::Contains("ledger") && Catch::Contains("restore"));
        CHECK_THAT(Archive::open(folder.path()).error().text, Catch::Contains("no segment"));
    }
    SECTION("the checkpoints") {
        std::filesystem::remove(ledger_folder(folder.path()) / "checkpoints");
        const auto found = take(verify(folder.path()));
        REQUIRE(found.problems.size() == 1);
        CHECK_THAT(found.problems[0].what, Catch::Contains("missing"));
        CHECK_THAT(Archive::open(folder.path()).error().text, Catch::Contains("restore"));
    }
    SECTION("the signing key") {
        std::filesystem::remove(keys_folder(folder.path()) / "signing.key");
        CHECK_THAT(Archive::open(folder.path()).error().text,
                   Catch::Contains("signing.key is missing"));
        ok(rebuild_catalog(folder.path()));
        const auto archive = take(Archive::open(folder.path(), {.purpose = Purpose::caches}));
        const std::vector<std::pair<MessageNumber, Summary>> summaries{
            {MessageNumber{1}, {"envelope", "body", "structure", "-"}}};
        ok(archive->put_summaries(summaries));
        CHECK(archive->ingest({arrival(inbox, 2, mail(2))}).error().code == Errc::denied);
    }
}

TEST_CASE("concurrent callers share commits, and every message of each is there") {
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path(), {.segment_limit = 20'000}));
    constexpr std::uint32_t callers = 8;
    constexpr std::uint32_t each = 100;
    std::atomic<std::uint32_t> failed = 0;
    {
        std::vector<std::jthread> threads;
        for (std::uint32_t caller = 0; caller < callers; ++caller) {
            threads.emplace_back([&, caller] {
                const Generation mailbox{"alice", fmt::format("box {}", caller), UidValidity{1}};
                for (std::uint32_t uid = 1; uid <= each; uid += 2) {
                    // Each odd message is the same for all callers.
                    if (!archive->ingest(
                            {arrival(mailbox, uid, mail(uid)),
                             arrival(mailbox, uid + 1, mail(1000 * caller + uid + 1))}))
                        ++failed;
                }
            });
        }
    }
    CHECK(failed == 0);
    CHECK(take(archive->totals()).sightings == callers * each);
    CHECK(take(archive->totals()).messages == each / 2 + callers * each / 2);
    verified(folder.path());
}

TEST_CASE("subscribers hear of each commit until they let go") {
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    std::atomic<std::uint32_t> last = 0;
    std::atomic<std::size_t> mailboxes = 0;
    auto subscription = archive->subscribe([&](const Change& change) {
        last = number(change.last_message);
        mailboxes = change.mailboxes.size();
        last.notify_all();
    });
    ok(archive->ingest({arrival(inbox, 1, mail(1)), arrival(inbox, 2, mail(2))}));
    last.wait(0);
    CHECK(last == 2);
    CHECK(mailboxes >= 1);
    subscription.reset();
    ok(archive->ingest({arrival(inbox, 3, mail(3))}));
    CHECK(last == 2);
}

TEST_CASE("a large message passes through the spool and comes back whole") {
    const TestFolder folder;
    std::string octets(20 << 20, '\0');
    std::mt19937_64 random(7);
    for (std::size_t i = 0; i < octets.size(); i += 16) {
        const auto value = random();
        std::memcpy(&octets[i], &value, sizeof value);  // half noise, half zeros
    }
    std::string incompressible(3 << 20, '\0');
    for (auto& octet : incompressible) octet = static_cast<char>(random());
    {
        const auto archive = take(Archive::open(folder.path()));
        std::ofstream(folder.path() / "spool" / "left over from a crash") << "x";
        BlobBuilder builder(archive->spool_folder());
        ok(builder.append(octets));
        auto large = arrival(inbox, 1, "");
        large.octets = take(builder.finish());
        std::vector<Arrival> arrivals;
        arrivals.push_back(std::move(large));
        arrivals.push_back(arrival(inbox, 2, incompressible));
        ok(archive->ingest(std::move(arrivals)));
    }
    CHECK(std::filesystem::file_size(folder.path() / "ledger" / "00000000000000000000.seg") <
          17u << 20);
    const auto archive = take(Archive::open(folder.path()));
    CHECK(std::filesystem::is_empty(folder.path() / "spool"));
    CHECK(take(archive->octets(MessageNumber{1})).view() == octets);
    CHECK(take(archive->octets(MessageNumber{2})).view() == incompressible);
    CHECK(verified(folder.path()).octets == octets.size() + incompressible.size());
}

TEST_CASE("a lineage tells whether the same messages have the same numbers") {
    const TestFolder folder;
    const TestFolder other;
    const auto archive = take(Archive::open(folder.path()));
    const auto another = take(Archive::open(other.path()));
    ok(archive->ingest({arrival(inbox, 1, "a"), arrival(inbox, 2, "b"), arrival(inbox, 3, "c")}));
    ok(another->ingest({arrival(inbox, 1, "a")}));
    ok(another->ingest({arrival(inbox, 2, "c"), arrival(inbox, 3, "b"), arrival(inbox, 4, "d")}));
    const auto same = [&](std::uint32_t n) {
        return take(archive->lineage(MessageNumber{n})) == take(another->lineage(MessageNumber{n}));
    };
    CHECK(same(0));
    CHECK(same(1));
    CHECK_FALSE(same(2));
    CHECK_FALSE(same(3));
    CHECK(take(archive->lineage(MessageNumber{1})) != take(archive->lineage(MessageNumber{2})));
    CHECK(archive->lineage(MessageNumber{4}).error().code == Errc::not_found);
}

TEST_CASE("a checkpoint is signed when its time has come, without any further call") {
    const TestFolder folder;
    const auto archive =
        take(Archive::open(folder.path(), {.checkpoint_interval = std::chrono::milliseconds(5)}));
    ok(archive->ingest({arrival(inbox, 1, mail(1))}));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (take(verify(folder.path())).checkpoints == 0)
        REQUIRE(std::chrono::steady_clock::now() < deadline);
}

TEST_CASE("a message number or digest that is not there is not found") {
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    CHECK(archive->octets(MessageNumber{1}).error().code == Errc::not_found);
    CHECK(archive->find(sha256("x")).error().code == Errc::not_found);
}

}  // namespace
}  // namespace mailhold::store
