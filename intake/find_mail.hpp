// What of a folder is mail, and which mailboxes it makes: Maildirs (with Maildir++ folders), mbox
// files, and trees of files with one message each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "store/base/error.hpp"

namespace mailhold::intake {

enum class Format { any, maildir, mbox, eml };

struct MailFile {
    std::filesystem::path path;
    Format format = Format::eml;
    std::uint64_t size = 0;
};
struct MailFolder {
    std::string mailbox;          // "/" between levels
    std::vector<MailFile> files;  // as their messages are to be numbered
};
struct FoundMail {
    std::vector<MailFolder> folders;              // by name
    std::vector<std::filesystem::path> not_mail;  // files that are left out
    std::uint64_t octets = 0;
};

// Blocking. `path` is a file or a folder; its own messages are in the mailbox `root`, those of its
// folders in mailboxes below (of a Maildir: beside INBOX where that is `root`). With Format::any a
// message is told by its name (.eml, or a number as MH gives) or by a header at its begin, an mbox by
// its first line; with another every file is that. Symbolic links to folders are not followed.
Result<FoundMail> find_mail(const std::filesystem::path& path, const std::string& root,
                            Format format);

}  // namespace mailhold::intake
