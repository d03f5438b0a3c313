// Any octets as an mbox file: messages in order and apart, and an end.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "intake/mbox.hpp"

using namespace mailhold::intake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    MboxReader reader(file);
    const char* end = file.data();
    for (auto before = reader.at(); const auto message = reader.next(); before = reader.at()) {
        const auto octets = message->octets;
        if (reader.at() <= before || octets.data() < end ||
            octets.data() + octets.size() > file.data() + reader.at() ||
            unquoted(octets).size() > octets.size()) {
            std::fprintf(stderr, "violated: messages stand in order\n");
            std::abort();
        }
        end = octets.data() + octets.size();
    }
    if (reader.at() != size) std::abort();
    return 0;
}
