#include "intake/maildir.hpp"

#include <algorithm>

#include "imap/wire/utf7.hpp"

namespace mailhold::intake {

std::string maildir_mailbox(std::string_view folder) {
    std::string name(folder.substr(folder.starts_with('.') ? 1 : 0));
    std::ranges::replace(name, '.', '/');
    return imap::wire::decode_mailbox_name(name);
}

std::vector<std::string> maildir_flags(std::string_view file_name) {
    constexpr std::string_view mark = ":2,";
    std::vector<std::string> flags;
    const auto at = file_name.rfind(mark);
    if (at == file_name.npos) return flags;
    for (const char letter : file_name.substr(at + mark.size())) {
        if (letter == 'S') flags.emplace_back("\\Seen");
        if (letter == 'R') flags.emplace_back("\\Answered");
        if (letter == 'F') flags.emplace_back("\\Flagged");
        if (letter == 'D') flags.emplace_back("\\Draft");
        if (letter == 'T') flags.emplace_back("\\Deleted");
        if (letter == 'P') flags.emplace_back("$Forwarded");
    }
    std::ranges::sort(flags);
    return flags;
}

}  // namespace mailhold::intake
