// Which files are mail, and of which mailbox.
#include "intake/find_mail.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "tests/unit/engine/temporary_folder.hpp"

using namespace mailhold;
using namespace mailhold::intake;

namespace {

void put(const std::filesystem::path& path, std::string_view octets = "Subject: x\n\n.\n") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << octets;
}
std::vector<std::string> mailboxes(const FoundMail& found) {
    std::vector<std::string> out;
    for (const auto& folder : found.folders)
        out.push_back(folder.mailbox + " " + std::to_string(folder.files.size()));
    return out;
}
using Names = std::vector<std::string>;
constexpr char mbox[] = "From a@b Wed Mar 27 10:11:12 2024\nSubject: 1\n\nHi\n";

}  // namespace

TEST_CASE("a tree of messages, mbox files and Maildirs") {
    const test::TemporaryFolder folder;
    const auto& root = folder.path();
    put(root / "a.eml");
    put(root / "7", "no header at all");
    put(root / "old" / "c.eml", mbox);
    put(root / "with a header");
    put(root / "notes.txt", "just words\n");
    put(root / "old" / "2009.mbox", mbox);
    put(root / "old" / "b.eml");
    put(root / "md" / "cur" / "1.host:2,S");
    put(root / "md" / "new" / "2.host");
    put(root / "md" / "tmp" / "3.host");
    put(root / "md" / ".Work.2024" / "cur" / "4.host");
    std::filesystem::create_directories(root / "md" / ".Work.2024" / "new");
    const auto found = find_mail(root, "INBOX", Format::any);
    REQUIRE(found);
    CHECK(mailboxes(*found) == Names{"INBOX 3", "md 2", "md/Work/2024 1", "old 2", "old/2009 1"});
    CHECK(found->not_mail == std::vector{root / "notes.txt"});
    CHECK(found->folders[1].files[0].format == Format::maildir);
    CHECK(found->folders[4].files[0].format == Format::mbox);

    CHECK(mailboxes(*find_mail(root / "md", "INBOX", Format::any)) ==
          Names{"INBOX 2", "Work/2024 1"});
    CHECK(mailboxes(*find_mail(root / "md", "Alice", Format::any)) ==
          Names{"Alice 2", "Alice/Work/2024 1"});
    CHECK(mailboxes(*find_mail(root / "old" / "2009.mbox", "INBOX", Format::any)) ==
          Names{"INBOX 1"});
    CHECK(mailboxes(*find_mail(root / "notes.txt", "INBOX", Format::eml)) == Names{"INBOX 1"});
    CHECK(find_mail(root / "none", "INBOX", Format::any).error().code == Errc::not_found);
}
