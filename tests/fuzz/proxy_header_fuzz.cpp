// A PROXY header from whoever stands between: any octets are one, or none, and it never reaches beyond its end.
#include <string_view>

#include "imap/net/proxy_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace mailhold;
    using namespace mailhold::imap::net;
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const auto needed = proxy_header_size(octets);
    if (!needed) {
        MAILHOLD_ASSERT(!read_proxy_header(octets));
        return 0;
    }
    MAILHOLD_ASSERT(*needed >= 16 && *needed <= most_proxy_header);
    // What is whole stays what it is, whatever follows.
    if (*needed <= size) {
        const auto again = proxy_header_size(octets.substr(0, *needed));
        MAILHOLD_ASSERT(again && *again == *needed);
        (void)read_proxy_header(octets.substr(0, *needed));
    } else {
        MAILHOLD_ASSERT(!read_proxy_header(octets));
    }
    return 0;
}
