// A failure at each step of a commit, and the archive after it.
#include "store/base/fail_point.hpp"
#include "store/ledger/fail_points.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

struct Disarm {
    ~Disarm() { static_cast<void>(fail_point::arm("")); }
};

constexpr ArchiveOptions small{.segment_limit = 2000,
                               .checkpoint_interval = std::chrono::milliseconds(60'000)};

std::string untouched() {
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path(), small));
    for (std::uint32_t uid = 1; uid <= 30; ++uid)
        ok(archive->ingest({arrival(inbox, uid, mail(uid))}));
    return dump(*archive);
}

TEST_CASE(
    "whatever step fails, nothing is lost, and trying again gives what an undisturbed run gives") {
    const Disarm disarm;
    const QuietLog quiet;
    const auto expected = untouched();
    for (const std::string action : {"error", "no_space"}) {
        for (const auto point : ledger::fail_points) {
            for (const std::string nth : {"1", "3"}) {
                CAPTURE(point, nth, action);
                const TestFolder folder{Kept::in_memory};
                std::vector<std::uint32_t> stored;
                {
                    const auto archive = take(Archive::open(folder.path(), small));
                    for (std::uint32_t uid = 1; uid <= 5; ++uid)
                        ok(archive->ingest({arrival(inbox, uid, mail(uid))}));
                    ok(fail_point::arm(std::string(point) + ":" + nth + ":" + action));
                    for (std::uint32_t uid = 6; uid <= 30; ++uid) {
                        const auto done = archive->ingest({arrival(inbox, uid, mail(uid))});
                        if (!done) break;
                        stored.push_back(uid);
                    }
                    ok(fail_point::arm(""));
                    for (const auto uid : stored) CHECK(archive->find(sha256(mail(uid))));
                    const auto again = archive->ingest({arrival(inbox, 6, mail(6))});
                    if (point != "file.sync") ok(again);
                }
                verified(folder.path());
                const auto archive = take(Archive::open(folder.path(), small));
                for (const auto uid : stored) {
                    CHECK(take(archive->octets(take(archive->find(sha256(mail(uid)))))).view() ==
                          mail(uid));
                }
                for (std::uint32_t uid = 1; uid <= 30; ++uid)
                    ok(archive->ingest({arrival(inbox, uid, mail(uid))}));
                CHECK(dump(*archive) == expected);
                verified(folder.path());
            }
        }
    }
}

TEST_CASE("the error of a full disk reaches the caller as such, and passes with it") {
    const Disarm disarm;
    const QuietLog quiet;
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    ok(fail_point::arm("file.write:1:no_space"));
    CHECK(archive->ingest({arrival(inbox, 1, mail(1))}).error().code == Errc::no_space);
    CHECK(archive->find(sha256(mail(1))).error().code == Errc::not_found);
    ok(fail_point::arm(""));
    ok(archive->ingest({arrival(inbox, 1, mail(1))}));
    CHECK(take(archive->octets(MessageNumber{1})).view() == mail(1));
}

TEST_CASE("an archive whose catalog failed behind a durable commit catches up with the next") {
    const Disarm disarm;
    const QuietLog quiet;
    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    ok(fail_point::arm("catalog.before_apply:1:error"));
    CHECK_FALSE(archive->ingest({arrival(inbox, 1, mail(1))}));
    CHECK_FALSE(archive->ingest({arrival(inbox, 2, mail(2))}));
    ok(fail_point::arm(""));
    ok(archive->ingest({arrival(inbox, 3, mail(3))}));
    CHECK(archive->find(sha256(mail(1))));
    CHECK_FALSE(archive->find(sha256(mail(2))));
    ok(archive->ingest({arrival(inbox, 1, mail(1)), arrival(inbox, 2, mail(2))}));
    CHECK(take(archive->totals()).messages == 3);
    CHECK(take(archive->totals()).sightings == 3);
    verified(folder.path());
}

}  // namespace
}  // namespace mailhold::store
