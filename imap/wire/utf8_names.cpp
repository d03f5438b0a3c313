// The names that parse_response() took for modified UTF-7, from their octets.
#include "imap/wire/utf8_names.hpp"

#include <utility>

#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {
namespace {

// What is no UTF-8, or holds the mark that stands for such octets, keeps its spelling.
template <class Data>
void read_anew(Data& data) {
    if (data.mailbox == "INBOX") return;
    auto octets =
        data.spelling.empty() ? to_modified_utf7(data.mailbox) : std::exchange(data.spelling, {});
    data.mailbox = repaired(octets);
    if (data.mailbox != octets || octets.contains("\ufffd")) data.spelling = std::move(octets);
}

}  // namespace

void read_names_as_utf8(Response& response) {
    if (auto* listed = std::get_if<ListData>(&response)) read_anew(*listed);
    if (auto* status = std::get_if<StatusData>(&response)) read_anew(*status);
}

}  // namespace mailhold::imap::wire
