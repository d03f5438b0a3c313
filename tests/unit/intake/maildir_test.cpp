// What names in Maildirs say.
#include "intake/maildir.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::intake;
using Flags = std::vector<std::string>;

TEST_CASE("folders of Maildir++ are levels of names") {
    CHECK(maildir_mailbox(".Sent") == "Sent");
    CHECK(maildir_mailbox(".Work.2024") == "Work/2024");
    CHECK(maildir_mailbox(".Entw&APw-rfe") == "Entw\u00fcrfe");
}

TEST_CASE("letters behind the colon are flags") {
    CHECK(maildir_flags("1700000000.M1P2.host:2,FS") == Flags{"\\Flagged", "\\Seen"});
    CHECK(maildir_flags("1700000000.M1P2.host,S=12:2,DPRTab") ==
          Flags{"$Forwarded", "\\Answered", "\\Deleted", "\\Draft"});
    CHECK(maildir_flags("1700000000.M1P2.host").empty());
    CHECK(maildir_flags("a:1,S").empty());
}
