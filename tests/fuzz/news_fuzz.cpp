// What an origin tells, unasked, of its mailboxes (NOTIFY, RFC 5465): any line is news or none, of a mailbox or not, and
// the news are no more than the lines that brought them.
#include <string>
#include <string_view>

#include "imap/sync/names.hpp"
#include "imap/sync/news.hpp"

namespace {

using namespace mailhold;
using namespace mailhold::imap;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    std::string_view octets(reinterpret_cast<const char*>(data), size);
    sync::News news;
    std::size_t lines = 0;
    while (!octets.empty()) {
        const auto end = std::min(octets.find('\n'), octets.size());
        const auto response = wire::parse_response(octets.substr(0, end));
        octets.remove_prefix(std::min(end + 1, octets.size()));
        if (!response) continue;
        ++lines;
        news.heard(*response);
        const auto* status = std::get_if<wire::StatusData>(&*response);
        if (status == nullptr) continue;
        MAILHOLD_ASSERT(news.any());
        // The name that the news go by leads back to the mailbox that the origin meant.
        const auto name = sync::name_of(*status);
        const auto spelling = sync::spelling_of(name);
        MAILHOLD_ASSERT(status->spelling.empty() || spelling == status->spelling);
    }
    const bool any = news.any();
    const bool overflow = news.take_overflow();
    const bool listing = news.take_listing();
    const auto mailboxes = news.take_mailboxes();
    MAILHOLD_ASSERT(any == (overflow || listing || !mailboxes.empty()));
    MAILHOLD_ASSERT(mailboxes.size() <= lines && !news.any());
    return 0;
}
