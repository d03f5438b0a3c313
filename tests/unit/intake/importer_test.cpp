// Files on their way into an archive.
#include "intake/importer.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "tests/unit/engine/temporary_folder.hpp"

using namespace mailhold;
using namespace mailhold::intake;

namespace {

struct World {
    test::TemporaryFolder folder;
    std::unique_ptr<store::Archive> archive;
    std::filesystem::path mail = folder.path() / "mail";

    World() {
        std::filesystem::create_directories(mail);
        open();
    }
    void open() {
        archive.reset();
        auto opened = store::Archive::open(folder.path() / "data");
        REQUIRE(opened);
        archive = std::move(*opened);
    }
    void put(const std::string& name, const std::string& octets) const {
        std::filesystem::create_directories((mail / name).parent_path());
        std::ofstream(mail / name, std::ios::binary) << octets;
    }
    Result<ImportReport> import(const std::string& account = "old", ImportOptions options = {}) {
        const auto found = find_mail(mail, "INBOX", Format::any);
        REQUIRE(found);
        return import_mail(*archive, account, *found, options);
    }
    store::MailboxSnapshot snapshot(const std::string& name) const {
        for (const auto& mailbox : *archive->mailboxes())
            if (mailbox.name == name && mailbox.kind == store::MailboxKind::mirrored)
                return **archive->snapshot(mailbox.id);
        FAIL("no mailbox " << name);
        return {};
    }
    std::string octets(const store::Entry& entry) const {
        return std::string(archive->octets(entry.message)->view());
    }
};

}  // namespace

TEST_CASE("messages are imported octet for octet, with their dates and flags") {
    World world;
    using namespace std::string_literals;
    const auto lf = "Date: Wed, 31 Jan 2024 23:00:00 -0500\nSubject: lf\n\nbare \0 and \xff\n"s;
    const std::string crlf = "Subject: crlf\r\n\r\n.\r\n";
    world.put("1.eml", lf);
    world.put("2.eml", crlf);
    world.put("old.mbox", "From a@b Wed Mar 27 10:11:12 2024\nStatus: R\n\n>From x\n");
    const auto report = world.import();
    REQUIRE(report);
    CHECK(report->messages == 3);
    CHECK(report->failures.empty());
    const auto inbox = world.snapshot("INBOX");
    REQUIRE(inbox.entries.size() == 2);
    CHECK(world.octets(inbox.entries[0]) == lf);
    CHECK(world.octets(inbox.entries[1]) == crlf);
    CHECK(inbox.entries[0].internal_date.offset_minutes == -300);
    const auto old = world.snapshot("old");
    REQUIRE(old.entries.size() == 1);
    CHECK(world.octets(old.entries[0]) == "Status: R\n\n>From x\n");
    CHECK(old.flags_of(old.entries[0]) == store::FlagSet{"\\Seen"});
    CHECK(old.entries[0].internal_date.utc ==
          std::chrono::sys_days(std::chrono::year(2024) / 3 / 27) + std::chrono::hours(10) +
              std::chrono::minutes(11) + std::chrono::seconds(12));
}

TEST_CASE("an import done again brings only what is missing, each as often as it stands there") {
    World world;
    world.put("1.eml", "Subject: 1\n\n.\n");
    world.put("2.eml", "Subject: 1\n\n.\n");
    REQUIRE(world.import()->messages == 2);
    world.open();
    CHECK(world.import()->messages == 0);
    world.put("3.eml", "Subject: 1\n\n.\n");
    world.put("4.eml", "Subject: 4\n\n.\n");
    const auto report = world.import();
    REQUIRE(report);
    CHECK(report->messages == 2);
    CHECK(report->known == 2);
    const auto inbox = world.snapshot("INBOX");
    REQUIRE(inbox.entries.size() == 4);
    CHECK(inbox.entries[3].uid == Uid{4});
    CHECK(world.archive->totals()->messages == 2);
}

TEST_CASE("each mailbox costs one commit, and is whole before the next begins") {
    World world;
    for (int i = 10; i < 30; ++i)
        world.put(fmt::format("{}/1.eml", i), fmt::format("Subject: {}\n\n.\n", i));
    std::size_t commits = 0;
    const auto count = world.archive->subscribe([&](const store::Change&) { ++commits; });
    REQUIRE(world.import()->messages == 20);
    CHECK(commits <= 21);
    for (int i = 10; i < 30; ++i) {
        const store::Generation generation{"old", std::to_string(i), UidValidity{1}};
        CHECK(world.archive->generation_state(generation)->synced_uidnext == Uid{2});
    }
    commits = 0;
    CHECK(world.import()->known == 20);
    CHECK(commits == 0);
}

TEST_CASE("quoting is undone where that is asked for") {
    World world;
    world.put("old.mbox", "From a@b Wed Mar 27 10:11:12 2024\nSubject: q\n\n>From x\n>>From y\n");
    REQUIRE(world.import("old", {.unquote = true}));
    CHECK(world.octets(world.snapshot("old").entries[0]) == "Subject: q\n\nFrom x\n>From y\n");
}

TEST_CASE("what cannot be read is named, and the rest comes") {
    World world;
    world.put("1.eml", "");
    world.put("2.eml", "Subject: 2\n\n.\n");
    const auto report = world.import();
    REQUIRE(report);
    CHECK(report->messages == 1);
    REQUIRE(report->failures.size() == 1);
    CHECK(report->failures[0].find("1.eml is empty") != std::string::npos);
}

TEST_CASE("an account that mirrors an origin is not imported into") {
    World world;
    REQUIRE(world.archive->ingest({}, {store::AccountDeclared{"alice", "imaps://a@b"}}));
    world.put("1.eml", "Subject: 1\n\n.\n");
    const auto report = world.import("alice");
    REQUIRE_FALSE(report);
    CHECK(report.error().code == Errc::invalid);
    CHECK(world.archive->totals()->messages == 0);
}
