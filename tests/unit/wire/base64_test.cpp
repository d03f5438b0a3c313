// Known answers both ways, and texts that are none.
#include "imap/wire/base64.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::wire {

TEST_CASE("base64 both ways") {
    const std::pair<std::string, std::string> table[] = {
        // RFC 4648 section 10
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {std::string("\0alice\0secret", 13), "AGFsaWNlAHNlY3JldA=="},
        {"\xfb\xff\xbf", "+/+/"},
    };
    for (const auto& [octets, text] : table) {
        CHECK(to_base64(octets) == text);
        CHECK(from_base64(text) == octets);
    }
}

TEST_CASE("what is not canonical base64 is none") {
    for (const auto* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "Zm9v====",
                             "Zm 9v", "Zm9v\n", "=", "Zg==Zg==", "Zm-v"}) {
        INFO(text);
        CHECK(!from_base64(text));
    }
}

}  // namespace mailhold::imap::wire
