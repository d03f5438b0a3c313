// The examples of the RFCs that extend SEARCH: each command is read, and written as it was.
#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

void same(const std::string& text) {
    CHECK(canonical(text) == text);
}
void same(const std::string& text, const std::string& written) {
    CHECK(canonical(text) == written);
}

template <class Body>
Body body_of(const std::string& text) {
    const auto command = read_command("A1 " + text + "\r\n");
    REQUIRE(command);
    return std::get<Body>(command->body);
}

}  // namespace

TEST_CASE("RFC 5182: the result of a search, saved") {
    same("UID SEARCH RETURN (SAVE) SMALLER 4096", "UID SEARCH RETURN (SAVE) SMALLER 4096");
    same("SEARCH UID $ SMALLER 4096");
    same("SEARCH OR $ 1,3000:3021 TEXT Miller");
    same("UID FETCH $ (UID BODY[HEADER.FIELDS (SUBJECT DATE FROM)])");
    same("FETCH $ (UID FLAGS)");
    same("MOVE $ \"Other Messages\"");
    same("UID STORE $ +FLAGS (\\Deleted)");
    same(
        "SEARCH RETURN (SAVE) CHARSET UTF-8 (OR $ 1,3000:3021) TEXT {8+}\r\nY\xc3\xb6\xc3\xb6"
        "xyz");
    CHECK(body_of<Fetch>("FETCH $ FLAGS").numbers == saved_result);
}

TEST_CASE("RFC 5032: WITHIN") {
    same("SEARCH UNSEEN YOUNGER 259200");
    same("SEARCH NOT DELETED OLDER 86400 YOUNGER 604800");
}

TEST_CASE("RFC 5256 and 5957: SORT and THREAD") {
    same("SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994");
    same("SORT (SUBJECT REVERSE DATE) UTF-8 ALL");
    same("SORT (SUBJECT) US-ASCII TEXT \"not in mailbox\"");
    same("UID SORT (REVERSE DISPLAYFROM DISPLAYTO ARRIVAL CC FROM SIZE TO) UTF-8 ALL");
    same("THREAD ORDEREDSUBJECT UTF-8 SINCE 5-Mar-2000");
    same("uid thread references us-ascii text gewp", "UID THREAD REFERENCES US-ASCII TEXT gewp");
    const auto sort = body_of<Sort>("SORT (REVERSE DATE SIZE) UTF-8 ALL");
    CHECK(sort.keys == std::vector<SortKey>{{SortKey::Kind::date, true}, {SortKey::Kind::size}});
}

TEST_CASE("RFC 5267: extended SORT, contexts") {
    same("UID SORT RETURN () (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk");
    same("SEARCH RETURN (CONTEXT) DELETED SUBJECT bacon");
    same("UID SORT RETURN (PARTIAL 23500:24000) (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk");
    same("UID SEARCH RETURN (UPDATE COUNT) DELETED KEYWORD $Junk");
    same("CANCELUPDATE \"B01\"");
    same("CANCELUPDATE \"B01\" \"C 2\"");
    CHECK(body_of<CancelUpdate>("cancelupdate \"a\" \"b\"").tags ==
          std::vector<std::string>{"a", "b"});
}

TEST_CASE("RFC 9394: PARTIAL") {
    same("UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk");
    same("UID SEARCH RETURN (COUNT PARTIAL 500:1) UNDELETED",
         "UID SEARCH RETURN (COUNT PARTIAL 1:500) UNDELETED");
    same("UID FETCH 25900:26600 (UID FLAGS) (PARTIAL 1:2)");
    same("UID FETCH 25900:26600 (UID FLAGS) (CHANGEDSINCE 98305 PARTIAL -1:-30)");
    CHECK(body_of<Fetch>("UID FETCH 1:* FLAGS (PARTIAL -30:-1)").partial ==
          PartialRange{1, 30, true});
}

TEST_CASE("RFC 7377: searches in many mailboxes") {
    same("ESEARCH IN (MAILBOXES (folder1) SUBTREE (folder2)) UNSEEN");
    same("ESEARCH IN (mailboxes \"folder1\" subtree \"folder2\") unseen",
         "ESEARCH IN (MAILBOXES (folder1) SUBTREE (folder2)) UNSEEN");
    same(
        "esearch in (mailboxes folder1 subtree-one (a \"b c\")) return (min count) subject chad",
        "ESEARCH IN (MAILBOXES (folder1) SUBTREE-ONE (a \"b c\")) RETURN (MIN COUNT) SUBJECT chad");
    same("ESEARCH IN (SELECTED SELECTED-DELAYED INBOXES PERSONAL SUBSCRIBED) CHARSET UTF-8 TEXT x");
    same("ESEARCH RETURN (SAVE) UID 5");
    CHECK(body_of<MultiSearch>("ESEARCH ALL").search.kind == NumberKind::uid);
}

TEST_CASE("RFC 8514, 8474, 8970: SAVEDATE, OBJECTID, PREVIEW") {
    same("UID FETCH 4:5 (SAVEDATE)", "UID FETCH 4:5 SAVEDATE");
    same("SEARCH SAVEDBEFORE 8-Mar-2019");
    same("FETCH 1:* (EMAILID THREADID UID)");
    same("STATUS foo (MAILBOXID MESSAGES)");
    same("SEARCH OR EMAILID M00000001 THREADID T64b478a75b7ea9");
    same("FETCH 1 (RFC822.SIZE PREVIEW)");
    same("FETCH 1 (PREVIEW (LAZY) UID)");
    same("FETCH 1:3 preview (lazy)", "FETCH 1:3 PREVIEW (LAZY)");
    same("UID FETCH 1:3 PREVIEW (PARTIAL 1:2)");
    const auto status = read_response("* STATUS foo (MESSAGES 3 MAILBOXID (F2212ea87-6097))\r\n");
    REQUIRE(status);
    CHECK(std::get<StatusData>(*status).mailbox_id == "F2212ea87-6097");
}

TEST_CASE("RFC 6203: fuzzy search, and the human language") {
    same("SEARCH FUZZY (SUBJECT \"IMAP break\")");
    same("SORT RETURN (RELEVANCY) (RELEVANCY) UTF-8 FUZZY SUBJECT Helo");
    same("SEARCH SUBJECT abc FUZZY TO \"xyz\"", "SEARCH SUBJECT abc FUZZY TO xyz");
    same("SEARCH X-GM-RAW \"from:carol -draft\"");
}

}  // namespace mailhold::imap::wire
