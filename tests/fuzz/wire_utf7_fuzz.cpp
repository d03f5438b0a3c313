// Mailbox names: whatever octets come, a decoded name encodes to one that decodes to it again, and
// canonical modified UTF-7 is reproduced to the octet.
#include "imap/wire/utf7.hpp"

#include <cstdint>

#include "store/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mailhold::imap::wire;
    const std::string octets(data, data + size);

    const auto text = from_modified_utf7(octets);
    if (text) MAILHOLD_ASSERT(to_modified_utf7(*text) == octets);

    const auto name = decode_mailbox_name(octets);
    const auto encoded = to_modified_utf7(name);
    MAILHOLD_ASSERT(from_modified_utf7(encoded) == name);
    MAILHOLD_ASSERT(decode_mailbox_name(encoded) == name);
    for (const char c : encoded) MAILHOLD_ASSERT(c >= 0x20 && c <= 0x7e);
    return 0;
}
