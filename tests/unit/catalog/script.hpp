// Scripts of records for the catalog, one a line, and the text a catalog is compared by.
//
//   store a                        the bytes named a
//   account [NAME] [URL]           AccountDeclared; NAME "alice" and a URL by default
//   list MAILBOX [SEPARATOR [\Attribute...]]      MailboxListed; separator "/" by default, "none"
//   for a flat one gone MAILBOX                   MailboxGone open MAILBOX/VALIDITY
//   GenerationOpened see MAILBOX/VALIDITY:UID a [\Flag...]         Sighting flags
//   MAILBOX/VALIDITY:UID [\Flag...]         FlagsSeen vanish MAILBOX/VALIDITY:UID[,UID...] Vanished
//   synced MAILBOX/VALIDITY [UIDNEXT]             GenerationSynced
//   exclude MAILBOX RULE           Excluded
//   stuck MAILBOX/VALIDITY:UID REASON             Quarantined
//   await MAILBOX/VALIDITY:UID[,UID...]           Awaited
//   moved a MAILBOX/VALIDITY:UID MAILBOX/VALIDITY:UID       Moved, from and to
//   renamed MAILBOX MAILBOX        Renamed, from and to
//   security TLS [MECHANISM...]    SecurityShown
//   gmail MAILBOX/VALIDITY:UID ID [LABEL...]      GmailSeen; "none" for no labels, and without any they were not asked for
//   unknown                        a kind of record the catalog does not know
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "store/catalog/catalog.hpp"

namespace mailhold::store::catalog::test {

// A folder for one test case, removed with what is in it.
struct Folder {
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path catalog() const { return path / "catalog.sqlite"; }
    std::filesystem::path path;
};

Digest digest_of(std::string_view name);
Fact fact_of(const std::string& line);  // of a line that is a fact

// Records of the lines, in order, from `first`; record n carries the time 1000000 s + n s.
std::vector<Committed> records_of(std::string_view script, std::uint64_t first = 0);

// To the end of these records, of an archive without name: no tree is made for a script.
Result<Applied> apply_all(CatalogWriter& writer, std::span<const Committed> records);

// Each mailbox but empty all_mail ones and those of all ever seen: "INBOX 1:a(\Seen) 2:b()", with "gone" before the entries of
// one that is. The messages are called by the names that scripts gave them.
std::string shown(const CatalogReader& reader);

// The same of the mailboxes of all ever seen.
std::string ever_seen(const CatalogReader& reader);

// Applies the script to a new catalog in one call and answers what it shows.
std::string shown_after(std::string_view script);

}  // namespace mailhold::store::catalog::test
