// The audit's inbox: what is handed in beside the writer is in the ledger once, whatever breaks off.
#include "store/audit_inbox.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "store/base/fail_point.hpp"
#include "store/base/file.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

namespace fs = std::filesystem;

Accessed search_for(std::string text) {
    Accessed made;
    made.user = "cli:root";
    made.address = "uid 0";
    made.what = Accessed::What::search;
    made.detail = std::move(text);
    made.outcome = "ok";
    return made;
}

std::vector<std::string> details(const ArchiveReader& archive) {
    std::vector<std::string> all;
    for (const auto& [record, access] : take(archive.accesses({}))) all.push_back(access.detail);
    return all;
}

std::size_t files_in(const fs::path& inbox) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(inbox), fs::directory_iterator()));
}

using Details = std::vector<std::string>;

}  // namespace

TEST_CASE("what is handed in without a writer waits, and the next one takes it in its order") {
    const TestFolder folder;
    take(Archive::open(folder.path())).reset();
    for (const auto* text : {"one", "two", "three"})
        ok(put_into_audit_inbox(folder.path(), search_for(text)));
    const auto waiting = take(audit_inbox(folder.path()));
    REQUIRE(waiting.size() == 3);
    CHECK(waiting[1].detail == "two");
    CHECK(waiting[1].time > UtcMicros{});
    const auto archive = take(Archive::open(folder.path()));
    CHECK(details(*archive) == Details{"one", "two", "three"});
    CHECK(take(archive->accesses({})).front().access == waiting.front());
    CHECK(take(audit_inbox(folder.path())).empty());
    CHECK(files_in(folder.path() / "audit-inbox") == 0);
}

TEST_CASE("root hands in as the archive's owner, and is led nowhere by a link of his") {
    if (::geteuid() != 0) return;  // nobody else has another's rights
    constexpr uid_t other = 65534;
    const TestFolder folder, others;
    REQUIRE(::chown(folder.path().c_str(), other, other) == 0);
    ok(put_into_audit_inbox(folder.path(), search_for("one")));
    const auto waiting = folder.path() / "audit-inbox";
    for (const auto& made : {waiting, fs::directory_iterator(waiting)->path()}) {
        struct stat info{};
        REQUIRE(::stat(made.c_str(), &info) == 0);
        CHECK(info.st_uid == other);
    }
    fs::remove_all(waiting);
    fs::create_directory_symlink(others.path(), waiting);  // a folder of root's
    CHECK_FALSE(put_into_audit_inbox(folder.path(), search_for("two")));
    CHECK(fs::is_empty(others.path()));
    CHECK(::access(others.path().c_str(), W_OK) == 0);  // root is root again
}

TEST_CASE(
    "nothing is taken out of another folder that a link leads to, nor a file that one leads to") {
    const QuietLog quiet;
    const TestFolder folder, others;
    auto archive = take(Archive::open(folder.path()));
    const auto waiting = folder.path() / "audit-inbox";
    ok(put_into_audit_inbox(others.path(), search_for("another's")));
    const auto elsewhere = others.path() / "audit-inbox";
    const auto record = fs::directory_iterator(elsewhere)->path();
    fs::create_symlink(record, waiting / "0.access");
    ok(put_into_audit_inbox(folder.path(), search_for("one")));
    CHECK(take(audit_inbox(folder.path())).size() == 1);
    ok(take_audit_inbox(*archive));
    CHECK(details(*archive) == Details{"one"});
    CHECK(fs::is_symlink(waiting / "0.access.bad"));

    std::ofstream(elsewhere / "0.access") << "no record";
    fs::remove_all(waiting);
    fs::create_directory_symlink(elsewhere, waiting);
    CHECK(take_audit_inbox(*archive).error().code == Errc::denied);
    CHECK(audit_inbox(folder.path()).error().code == Errc::denied);
    CHECK(put_into_audit_inbox(folder.path(), search_for("two")).error().code == Errc::denied);
    archive.reset();
    archive = take(Archive::open(folder.path()));
    CHECK(details(*archive) == Details{"one"});
    CHECK(files_in(elsewhere) == 2);
    CHECK(fs::exists(record));
}

TEST_CASE("what is no file of a record's size is put aside, and not waited for") {
    const QuietLog quiet;
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    const auto waiting = folder.path() / "audit-inbox";
    REQUIRE(::mkfifo((waiting / "0.access").c_str(), 0600) == 0);
    std::ofstream(waiting / "1.access") << std::string(1 << 20, 'x');
    ok(take_audit_inbox(*archive));
    CHECK(fs::exists(waiting / "0.access.bad"));
    CHECK(fs::exists(waiting / "1.access.bad"));
}

TEST_CASE("an old record is known by its time and session, and what came since is not read") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    ok(put_into_audit_inbox(folder.path(), search_for("old")));
    const auto waiting = folder.path() / "audit-inbox";
    const auto file = fs::directory_iterator(waiting)->path();
    const auto octets = take(read_file(file));
    ok(take_audit_inbox(*archive));
    auto later = take(archive->accesses({})).front().access;
    later.detail = "another of that session";
    later.time += std::chrono::seconds(1);
    ok(archive->ingest({}, {later}));
    CHECK(take(archive->has_access(later.time, later.session)));
    CHECK_FALSE(take(archive->has_access(later.time, later.session + 1)));
    CHECK_FALSE(take(archive->has_access(later.time + std::chrono::seconds(1), later.session)));
    ok(write_durably(file, octets));  // from a backup, for instance
    ok(take_audit_inbox(*archive));
    CHECK(details(*archive) == Details{"old", "another of that session"});
    CHECK(files_in(waiting) == 0);
}

TEST_CASE("who only looks makes the inbox of an older archive himself, closed to others") {
    const TestFolder folder;
    take(Archive::open(folder.path())).reset();
    fs::remove(folder.path() / "audit-inbox");
    CHECK(take(audit_inbox(folder.path())).empty());
    ok(put_into_audit_inbox(folder.path(), search_for(std::string(1 << 20, 'x'))));
    struct stat made{};
    REQUIRE(::stat((folder.path() / "audit-inbox").c_str(), &made) == 0);
    CHECK((made.st_mode & 0777U) == 0700U);
    CHECK(take(audit_inbox(folder.path())).front().detail.size() < 5'000);
}

TEST_CASE("a writer that breaks off while it takes a record loses none and has none twice") {
    const QuietLog quiet;
    for (const auto* point : {"ledger.before_append:1:no_space", "catalog.before_apply:1:error",
                              "audit.taken:1:error"}) {
        CAPTURE(point);
        const TestFolder folder;
        take(Archive::open(folder.path())).reset();
        for (const auto* text : {"one", "two", "three"})
            ok(put_into_audit_inbox(folder.path(), search_for(text)));
        ok(fail_point::arm(point));
        static_cast<void>(Archive::open(folder.path()));
        ok(fail_point::arm(""));
        CHECK(files_in(folder.path() / "audit-inbox") >= 2);
        auto archive = take(Archive::open(folder.path()));
        CHECK(details(*archive) == Details{"one", "two", "three"});
        CHECK(files_in(folder.path() / "audit-inbox") == 0);
        archive.reset();
        verified(folder.path());
    }
}

TEST_CASE("what is no record is put aside, and holds up nobody") {
    const QuietLog quiet;
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    const auto waiting = folder.path() / "audit-inbox";
    std::ofstream(waiting / "0.access") << "\xff\xff nonsense";
    std::ofstream(waiting / "1.access");
    std::ofstream(waiting / "2.access.new") << "half of";
    ok(put_into_audit_inbox(folder.path(), search_for("one")));
    CHECK(take(audit_inbox(folder.path())).size() == 1);
    ok(take_audit_inbox(*archive));
    CHECK(details(*archive) == Details{"one"});
    CHECK(fs::exists(waiting / "0.access.bad"));
    CHECK(fs::exists(waiting / "1.access.bad"));
    CHECK(fs::exists(waiting / "2.access.new"));
    CHECK(files_in(waiting) == 3);
}

TEST_CASE("a running writer takes what comes, at the latest when it ends") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    {
        AuditInboxTaker taker(*archive);
        ok(put_into_audit_inbox(folder.path(), search_for("one")));
        while (details(*archive).empty()) std::this_thread::yield();
        ok(put_into_audit_inbox(folder.path(), search_for("two")));
    }
    CHECK(details(*archive) == Details{"one", "two"});
}

TEST_CASE("what cannot be handed in is an error") {
    const TestFolder folder;
    take(Archive::open(folder.path())).reset();
    ok(fail_point::arm("file.write:1:no_space"));
    CHECK(put_into_audit_inbox(folder.path(), search_for("one")).error().code == Errc::no_space);
    ok(fail_point::arm(""));
    CHECK(take(audit_inbox(folder.path())).empty());
}

}  // namespace mailhold::store
