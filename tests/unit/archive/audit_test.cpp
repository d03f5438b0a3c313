// The record of accesses: in the ledger, in order, before anything is shown where that is asked for.
#include "store/audit.hpp"

#include <atomic>
#include <thread>

#include "store/base/fail_point.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

using What = Accessed::What;

Accessed access(What what, std::string user, std::string mailbox, std::string detail) {
    Accessed made;
    made.user = std::move(user);
    made.what = what;
    made.mailbox = std::move(mailbox);
    made.detail = std::move(detail);
    made.outcome = "ok";
    return made;
}

AccessFilter of(std::string user, std::string mailbox = {}) {
    AccessFilter filter;
    filter.user = std::move(user);
    filter.mailbox = std::move(mailbox);
    return filter;
}

std::string shown(const ArchiveReader& archive, const AccessFilter& filter = {}) {
    std::string text;
    for (const auto& [record, one] : take(archive.accesses(filter)))
        text += fmt::format("{}{} {} {} {}", text.empty() ? "" : "; ", name_of(one.what), one.user,
                            one.mailbox, one.detail);
    return text;
}

}  // namespace

TEST_CASE(
    "of failed logins that repeat the first is told at once, and the others of a minute as one") {
    using std::chrono::seconds;
    const auto login = [](std::string user, std::string address, std::string outcome) {
        auto made = access(What::login, std::move(user), "", "PLAIN");
        made.address = std::move(address);
        made.outcome = std::move(outcome);
        return made;
    };
    const AuditRepeats::Time start{};
    AuditRepeats repeats;
    CHECK_FALSE(repeats.next());
    CHECK_FALSE(repeats.counts(login("bob", "192.0.2.1:7", "no"), start));
    CHECK(repeats.counts(login("bob", "192.0.2.1:8", "no"), start + seconds(1)));
    CHECK_FALSE(repeats.counts(login("bob", "192.0.2.1:8", "ok"), start + seconds(1)));
    CHECK_FALSE(repeats.counts(login("bob", "192.0.2.1:8", "ok"), start + seconds(1)));
    CHECK_FALSE(repeats.counts(login("bob", "[2001:db8::1]:8", "no"), start + seconds(1)));
    CHECK_FALSE(repeats.counts(login("eve", "192.0.2.1:8", "no"), start + seconds(1)));
    CHECK_FALSE(repeats.counts(login("bob", "192.0.2.1:8", "busy"), start + seconds(1)));
    CHECK(repeats.counts(login("bob", "192.0.2.1:9", "no"), start + seconds(59)));
    CHECK(repeats.next() == start + seconds(60));
    CHECK(repeats.over(start + seconds(59)).empty());
    const auto told = repeats.over(start + seconds(60));
    REQUIRE(told.size() == 1);
    CHECK(told[0].detail == "PLAIN; 2 more within a minute, this the last");
    CHECK(told[0].address == "192.0.2.1:9");
    CHECK(repeats.over(start + seconds(61)).empty());
    CHECK_FALSE(repeats.next());
    CHECK_FALSE(repeats.counts(login("bob", "192.0.2.1:9", "no"), start + seconds(62)));
    for (std::size_t i = 0; i < AuditRepeats::most; ++i)
        CHECK_FALSE(repeats.counts(login(std::to_string(i), "h", "no"), start + seconds(62)));
    CHECK_FALSE(repeats.counts(login("late", "h", "no"), start + seconds(62)));
    CHECK_FALSE(repeats.counts(login("late", "h", "no"), start + seconds(62)));

    const TestFolder folder;
    const auto archive = take(Archive::open(folder.path()));
    {
        Audit audit(*archive, {.mode = Audit::Mode::strict});
        for (int i = 0; i < 50; ++i) ok(audit.record(login("bob", "192.0.2.1:7", "no")));
        CHECK(shown(*archive) == "login bob  PLAIN");
    }
    CHECK(shown(*archive) ==
          "login bob  PLAIN; login bob  PLAIN; 49 more within a minute, this the last");
}

TEST_CASE("failed logins of ten thousand users and hosts cost the next record next to nothing") {
    using std::chrono::seconds;
    AuditRepeats repeats;
    auto login = access(What::login, "", "", "PLAIN");
    login.outcome = "no";
    const AuditRepeats::Time start{};
    for (std::size_t i = 0; i < AuditRepeats::most; ++i) {
        login.user = std::to_string(i % (AuditRepeats::most / 2));
        login.address = i < AuditRepeats::most / 2 ? "a:1" : "b:1";
        CHECK_FALSE(repeats.counts(login, start + seconds(i / 1000)));
    }
    CHECK(repeats.counts(login, start + seconds(20)));
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 20'000; ++i) {
        REQUIRE(repeats.next() == start + seconds(60));
        REQUIRE(repeats.over(start + seconds(59)).empty());
    }
    CHECK(std::chrono::steady_clock::now() - begin < seconds(1));
    CHECK(repeats.over(start + seconds(64)).empty());
    CHECK(repeats.next() == start + seconds(65));
    CHECK(repeats.over(start + seconds(69)).size() == 1);
    CHECK_FALSE(repeats.next());
}

TEST_CASE("accesses are in the ledger, and found by user, mailbox and time") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    {
        Audit audit(*archive, {.leave_out = {What::logout}});
        ok(audit.record(access(What::select, "bob", "Work", "SELECT")));
        ok(audit.record(access(What::fetch, "bob", "Work/2024", "1:3 BODY[]")));
        ok(audit.record(access(What::fetch, "eve", "Workshop", "1 BODY[]")));
        ok(audit.record(access(What::fetch, "eve", "Workshop", "1 BODY[]")));  // each is news
        ok(audit.record(access(What::logout, "bob", "", "")));
    }
    const std::string all =
        "select bob Work SELECT; fetch bob Work/2024 1:3 BODY[]; fetch eve Workshop 1 BODY[]; "
        "fetch eve Workshop 1 BODY[]";
    CHECK(shown(*archive) == all);
    CHECK(shown(*archive, of("bob", "Work")) ==
          "select bob Work SELECT; fetch bob Work/2024 1:3 BODY[]");
    auto first = of("eve");
    first.most = 1;
    CHECK(shown(*archive, first) == "fetch eve Workshop 1 BODY[]");
    const auto records = take(archive->accesses({}));
    AccessFilter later;
    later.first = records[3].record;
    CHECK(shown(*archive, later) == "fetch eve Workshop 1 BODY[]");
    later.since = utc_now() + std::chrono::hours(1);
    CHECK(shown(*archive, later).empty());
    CHECK(records[0].access.time <= records[3].access.time);
    archive.reset();
    ok(rebuild_catalog(folder.path()));
    verified(folder.path());
    CHECK(take(take(ArchiveReader::open(folder.path()))->accesses({})) == records);
}

TEST_CASE("a strict record is on disk when it is made, and its size is bounded") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    Audit audit(*archive, {.mode = Audit::Mode::strict});
    const std::string long_text(1'000'000, 'x');
    ok(audit.record(access(What::search, long_text, "Work", long_text)));
    const auto kept = take(archive->accesses({}));
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].access.detail.size() < Audit::longest_text + 100);
    CHECK(kept[0].access.user == std::string(200, 'x') + "... and 999800 octets more");
    constexpr int threads = 4, each = 20;
    std::atomic<int> failed = 0;  // Catch's checks are for one thread
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i)
            all.emplace_back([&] {
                for (int j = 0; j < each; ++j)
                    if (!audit.record(access(What::fetch, "bob", "Work", "1"))) ++failed;
            });
    }
    CHECK(failed == 0);
    CHECK(take(archive->accesses({})).size() == 1 + threads * each);
}

TEST_CASE("nothing is recorded where it is off") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    {
        Audit audit(*archive, {.mode = Audit::Mode::off});
        CHECK_FALSE(audit.records(What::fetch));
        ok(audit.record(access(What::fetch, "bob", "Work", "1")));
    }
    CHECK(shown(*archive).empty());
}

TEST_CASE("what cannot be recorded is refused, and is recorded once it can be") {
    const TestFolder folder;
    const QuietLog quiet;
    auto archive = take(Archive::open(folder.path()));
    Audit audit(*archive, {.mode = Audit::Mode::strict, .batch = std::chrono::milliseconds(1)});
    ok(fail_point::arm("ledger.before_append:1:no_space"));
    CHECK_FALSE(audit.record(access(What::fetch, "bob", "Work", "1")));
    ok(fail_point::arm(""));
    while (!audit.record(access(What::fetch, "bob", "Work", "2"))) std::this_thread::yield();
    CHECK(shown(*archive).starts_with("fetch bob Work 1; "));
}

}  // namespace mailhold::store
