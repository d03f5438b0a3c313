// An archive in a temporary folder, and mail to put into it: the real mails of tests/data, or made
// ones.
#pragma once

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/archive.hpp"
#include "store/base/file.hpp"
#include "tests/unit/engine/temporary_folder.hpp"

namespace mailhold::test {

inline std::vector<std::string> sample_mails(std::size_t most) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(MAILHOLD_TEST_MAIL)) {
        if (entry.path().extension() == ".eml") paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    std::vector<std::string> mails;
    for (const auto& path : paths) {
        if (mails.size() == most) break;
        mails.push_back(*read_file(path));
    }
    return mails;
}

inline std::string simple_mail(std::size_t number) {
    return fmt::format(
        "From: Bob <bob@example.org>\r\nSubject: mail {0}\r\nDate: Wed, 31 Jan 2024 23:00:00 "
        "-0500\r\n\r\nbody of mail {0}\r\n",
        number);
}

class SampleArchive {
  public:
    SampleArchive() { open(); }

    void open() {
        archive_.reset();
        auto opened = store::Archive::open(folder_.path() / "data");
        if (!opened) FAIL(opened.error().text);
        archive_ = std::move(*opened);
    }
    void close() { archive_.reset(); }
    store::Archive& operator*() { return *archive_; }
    store::Archive* operator->() { return archive_.get(); }

    void ingest(const std::vector<std::string>& mails) {
        using namespace std::chrono;
        const store::Generation inbox{"alice", "INBOX", UidValidity{1}};
        std::vector<store::Arrival> arrivals;
        for (const auto& mail : mails) {
            const std::uint32_t uid = ++uid_;
            store::Sighting sighting{
                inbox, Uid{uid}, {}, 0, {sys_days{2024y / 1 / 1} + hours(uid), 60}, {}, {}};
            if (uid % 2 == 0) sighting.flags.push_back("\\Seen");
            arrivals.push_back({std::move(sighting), Blob(mail)});
        }
        const bool first = uid_ == mails.size();
        if (first) {
            REQUIRE(archive_->ingest(
                {},
                {store::AccountDeclared{"alice", "imaps://alice@example.org"},
                 store::MailboxListed{"alice", "INBOX", "/", {}}, store::GenerationOpened{inbox}}));
        }
        REQUIRE(archive_->ingest(std::move(arrivals)));
    }

    std::shared_ptr<const store::MailboxSnapshot> inbox() {
        const auto mailboxes = archive_->mailboxes();
        REQUIRE(mailboxes);
        const auto inbox = std::ranges::find_if(*mailboxes, [](const store::Mailbox& mailbox) {
            return mailbox.kind == store::MailboxKind::mirrored && mailbox.origin_name == "INBOX";
        });
        REQUIRE(inbox != mailboxes->end());
        auto snapshot = archive_->snapshot(inbox->id);
        REQUIRE(snapshot);
        return *snapshot;
    }

    std::filesystem::path index_folder() const { return archive_->index_folder(); }

  private:
    TemporaryFolder folder_;
    std::unique_ptr<store::Archive> archive_;
    std::uint32_t uid_ = 0;
};

}  // namespace mailhold::test
