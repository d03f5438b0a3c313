// Names in a Maildir: of its folders (Maildir++), and of its messages, which say their flags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailhold::intake {

// ".Sent.2024" is "Sent/2024"; modified UTF-7 (RFC 3501 5.1.3) is decoded.
std::string maildir_mailbox(std::string_view folder);
// "1700000000.M1P2.host:2,FS" has \Flagged and \Seen. Sorted; letters that say nothing here (a to
// z, keywords) are left out.
std::vector<std::string> maildir_flags(std::string_view file_name);

}  // namespace mailhold::intake
