// Brings messages from files into an account of the archive, as they are, octet for octet. What the
// account's mailbox has already is left out, so that an import that was interrupted is done again
// from its begin: a message that stands there n times is brought until the mailbox has it n times.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "intake/find_mail.hpp"
#include "store/archive.hpp"

namespace mailhold::intake {

struct ImportOptions {
    bool unquote = false;  // undo mboxrd's quoting; else lines that begin with ">From " stay
};

struct ImportReport {
    std::uint64_t messages = 0;         // new in their mailbox
    std::uint64_t known = 0;            // that the mailbox has already
    std::uint64_t octets = 0;           // read
    std::vector<std::string> failures;  // files that could not be read, and why
};

// Errc::invalid where the account mirrors an origin. Blocking; one thread. `on_progress` is told of
// octets read.
Result<ImportReport> import_mail(store::Archive& archive, const std::string& account,
                                 const FoundMail& mail, const ImportOptions& options = {},
                                 const std::function<void(store::Progress)>& on_progress = {});

}  // namespace mailhold::intake
