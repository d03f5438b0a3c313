// Known names both ways, names that are none, and random ones.
#include <catch2/catch.hpp>
#include <random>

#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {

TEST_CASE("modified UTF-7 both ways") {
    const std::pair<std::string, std::string> table[] = {
        {"", ""},
        {"INBOX", "INBOX"},
        {"R&D", "R&-D"},
        {"&&", "&-&-"},
        {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},  // RFC 3501 5.1.3
        {"Entwürfe", "Entw&APw-rfe"},
        {"Gelöscht", "Gel&APY-scht"},
        {"Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"},
        {"😀", "&2D3eAA-"},
        {"a😀é&b", "a&2D3eAADp-&-b"},
        {"tab\there", "tab&AAk-here"},
        {std::string("nul\0", 4), "nul&AAA-"},
        {"\x7f", "&AH8-"},
        {"\u00a0", "&AKA-"},
        {"\U0010ffff", "&2,,f,w-"},
    };
    for (const auto& [utf8, utf7] : table) {
        INFO(utf7);
        CHECK(to_modified_utf7(utf8) == utf7);
        CHECK(from_modified_utf7(utf7) == utf8);
        CHECK(decode_mailbox_name(utf7) == utf8);
    }
}

TEST_CASE("what is not canonical modified UTF-7 is none") {
    for (const std::string name : {
             "&",                // never closed
             "a&APw",            // never closed
             "&APw",             //
             "&AGE-",            // "a" needs no encoding
             "&ACY-",            // "&" is "&-"
             "&APw-&APw-",       // one run would do
             "&AP-",             // not whole 16 bits
             "&A-",              //
             "&APx-",            // bits left over are not zero
             "&APwA-",           //
             "&AP/-",            // "/" is no digit here
             "&AP=-",            //
             "&A P-",            //
             "&2D0-",            // a high surrogate alone
             "&3gA-",            // a low surrogate alone
             "&2D3YPQ-",         // two high ones
             "Entw\xc3\xbcrfe",  // 8-bit octets
             "a\tb",             // a control character stands in base64
         }) {
        INFO(name);
        CHECK(!from_modified_utf7(name));
    }
}

TEST_CASE("names that are no modified UTF-7 stay readable and distinct") {
    const std::pair<std::string, std::string> table[] = {
        {"Entw\xc3\xbcrfe", "Entwürfe"},  // raw UTF-8, RFC 6855
        {"R&D", "R&D"},                   // from a UTF8=ACCEPT client
        {"&AGE-", "&AGE-"},
        {"Entw\xfcrfe",
         "Entw\xef\xbf\xbd"
         "FCrfe"},  // Latin-1
        {"\xc3",
         "\xef\xbf\xbd"
         "C3"},
        {"\xed\xa0\x80",
         "\xef\xbf\xbd"
         "ED\xef\xbf\xbd"
         "A0\xef\xbf\xbd"
         "80"},  // a surrogate in UTF-8
        {"\xc0\xaf",
         "\xef\xbf\xbd"
         "C0\xef\xbf\xbd"
         "AF"},  // overlong
        {"\xf5\x80\x80\x80",
         "\xef\xbf\xbd"
         "F5\xef\xbf\xbd"
         "80\xef\xbf\xbd"
         "80\xef\xbf\xbd"
         "80"},
    };
    for (const auto& [wire, utf8] : table) {
        INFO(wire);
        CHECK(decode_mailbox_name(wire) == utf8);
    }
}

TEST_CASE("any octets encode to a name that decodes, and any decoded name encodes back") {
    std::mt19937 random(7);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    for (int round = 0; round < 20'000; ++round) {
        std::string octets;
        for (auto length = below(12); length > 0; --length) {
            constexpr std::string_view likely = "&-,/aZ9+";
            octets += below(3) == 0 ? static_cast<char>(below(256)) : likely[below(likely.size())];
        }
        const auto name = to_modified_utf7(octets);
        REQUIRE(from_modified_utf7(name));
        CHECK(to_modified_utf7(*from_modified_utf7(name)) == name);
        if (const auto text = from_modified_utf7(octets)) CHECK(to_modified_utf7(*text) == octets);
    }
}

}  // namespace mailhold::imap::wire
