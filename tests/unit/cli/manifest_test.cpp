// Export's formats, there and back.
#include "api/cli/manifest.hpp"

#include <catch2/catch.hpp>

namespace mailhold::cli {
namespace {

// What stands between the separator line and the blank line that ends an entry.
std::string_view inside(std::string_view entry) {
    entry.remove_prefix(entry.find('\n') + 1);
    entry.remove_suffix(1);
    return entry;
}

}  // namespace

TEST_CASE("an mbox entry gives the exact octets back, given the size") {
    auto octets = GENERATE(as<std::string>(), "", "x",
                           "Subject: a\r\n\r\nFrom here\r\n>From there\r\n>>From\r\nFromage\r\n",
                           "From the first line\nno end", "\n\n\n", "a\r\n\r\n>", "From ", ">From ",
                           std::string("a\0b\n", 4), "From \nFrom \n");
    auto entry = mbox_entry(octets, {});
    CHECK(entry.starts_with("From mailhold Thu Jan  1 00:00:00 1970\n"));
    CHECK(entry.ends_with("\n\n"));
    CHECK(inside(entry).find("\nFrom ") == std::string_view::npos);
    CHECK(from_mbox(inside(entry), octets.size()) == octets);
}

TEST_CASE("file names are safe everywhere, and distinct") {
    CHECK(file_name("INBOX") == "INBOX");
    CHECK(file_name("Work/2024") == "Work%2F2024");
    CHECK(file_name("..") == "%2E.");
    CHECK(file_name("100%") == "100%25");
    CHECK(file_name("Entw\xC3\xBCrfe") == "Entw\xC3\xBCrfe");
    CHECK(file_name("a\nb") == "a%0Ab");
    CHECK(file_name("") == "%");
    auto one = file_name(std::string(300, 'a') + "1"), two = file_name(std::string(300, 'a') + "2");
    CHECK(one != two);
    CHECK(one.size() <= 200);
}

TEST_CASE("a manifest row stands on one line") {
    store::StoredMessage message;
    message.digest = sha256("x");
    message.size = 1;
    store::Location location;
    location.generation = {"alice", "A\tB\\C\nD", UidValidity{7}};
    location.uid = Uid{9};
    location.flags = {"\\Seen", "$Junk"};
    location.vanished = true;
    CHECK(manifest_row(message, "2d/2d71.eml", location) ==
          to_hex(message.digest) +
              "\t1\t2d/2d71.eml\talice\tA\\tB\\\\C\\nD\t7\t9\t1970-01-01 00:00 +0000\t\\\\Seen "
              "$Junk\tgone\n");
}

}  // namespace mailhold::cli
