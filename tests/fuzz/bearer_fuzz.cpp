// What a client says with a token, and what its giver says of it: any octets give a value or none, and a token that is
// read is one that could be sent on.
#include <string>
#include <string_view>

#include "imap/server/login/bearer.hpp"
#include "imap/server/login/tokens.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace mailhold;
    using namespace mailhold::imap::server;
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    for (const auto& bearer : {read_oauthbearer(octets), read_xoauth2(octets)}) {
        if (!bearer) continue;
        MAILHOLD_ASSERT(bearer->user.size() + bearer->token.size() < size);
        MAILHOLD_ASSERT(bearer->token.find_first_of(std::string_view("\0\1\r\n &\"", 7)) ==
                        std::string::npos);
    }
    const TokenRules rules{.user_claim = "username", .scope = "imap", .audience = {}};
    const Now now{std::chrono::seconds(1'000'000)};
    const auto told = read_introspection({200, std::string(octets)}, rules, now);
    if (told && *told) {
        MAILHOLD_ASSERT(!(*told)->user.empty());
        MAILHOLD_ASSERT(!(*told)->expires || *(*told)->expires > now);
    }
    return 0;
}
