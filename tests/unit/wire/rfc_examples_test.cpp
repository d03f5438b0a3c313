// The examples of the RFCs, transcribed: whole conversations, each line read by the side that
// receives it.
#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

// Lines of the client are commands that parse and, written again, parse to the same.
void client(const std::string& lines) {
    INFO("C: " << lines);
    const auto command = read_command(lines);
    REQUIRE(command);
    CHECK(parse_command(written(command)) == command);
}

Response server(const std::string& lines) {
    INFO("S: " << lines);
    const auto response = read_response(lines);
    if (!response) FAIL(response.error().text);
    return *response;
}

}  // namespace

TEST_CASE("RFC 3501 section 8: sample IMAP4rev1 connection") {
    server("* OK IMAP4rev1 Service Ready\r\n");
    client("a001 login mrc secret\r\n");
    server("a001 OK LOGIN completed\r\n");
    client("a002 select inbox\r\n");
    CHECK(std::get<ExistsData>(server("* 18 EXISTS\r\n")).messages == 18);
    server("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n");
    server("* 2 RECENT\r\n");
    CHECK(std::get<StatusResponse>(
              server("* OK [UNSEEN 17] Message 17 is the first unseen message\r\n"))
              .code == ResponseCode{"UNSEEN", "17"});
    server("* OK [UIDVALIDITY 3857529045] UIDs valid\r\n");
    server("a002 OK [READ-WRITE] SELECT completed\r\n");
    client("a003 fetch 12 full\r\n");
    const auto full = std::get<FetchData>(
        server("* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE "
               "4286 ENVELOPE (\"Wed, 17 Jul "
               "1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" ((\"Terry "
               "Gray\" NIL \"gray\" "
               "\"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
               "((\"Terry Gray\" NIL \"gray\" "
               "\"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) ((NIL NIL "
               "\"minutes\" "
               "\"CNRI.Reston.VA.US\") (\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
               "\"<B27397-0100000@cac.washington.edu>\") BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" "
               "\"US-ASCII\") NIL NIL \"7BIT\" "
               "3028 92))\r\n"));
    CHECK(full.size == 4286);
    REQUIRE(full.other.size() == 2);
    CHECK(full.other[1] ==
          std::pair<std::string, std::string>{
              "BODY", "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)"});
    server("a003 OK FETCH completed\r\n");
    client("a004 fetch 12 body[header]\r\n");
    const std::string header =
        "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\nFrom: Terry Gray "
        "<gray@cac.washington.edu>\r\n"
        "Subject: IMAP4rev1 WG mtg summary and minutes\r\nTo: imap@cac.washington.edu\r\n"
        "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
        "Message-Id: <B27397-0100000@cac.washington.edu>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n";
    const auto fetched = std::get<FetchData>(server(
        "* 12 FETCH (BODY[HEADER] {" + std::to_string(header.size()) + "}\r\n" + header + ")\r\n"));
    CHECK(fetched.sections.at(0).octets == header);
    CHECK(header.size() == 342);
    client("a005 store 12 +flags \\deleted\r\n");
    server("* 12 FETCH (FLAGS (\\Seen \\Deleted))\r\n");
    server("a005 OK +FLAGS completed\r\n");
    client("a006 logout\r\n");
    server("* BYE IMAP4rev1 server terminating connection\r\n");
    server("a006 OK LOGOUT completed\r\n");
}

TEST_CASE("RFC 3501 section 6 and 7: examples") {
    client("A003 APPEND saved-messages (\\Seen) {13}\r\nHello, World!\r\n");
    client("A282 SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n");
    client("A283 SEARCH TEXT \"string not in mailbox\"\r\n");
    client("A284 SEARCH CHARSET UTF-8 TEXT {6}\r\n\xd0\xb1\xd0\xb2\xd0\xb3\r\n");
    client("A654 FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])\r\n");
    client("A003 STORE 2:4 +FLAGS (\\Deleted)\r\n");
    client("A999 UID FETCH 4827313:4828442 FLAGS\r\n");
    client("A042 STATUS blurdybloop (UIDNEXT MESSAGES)\r\n");
    client("A101 LIST \"\" \"\"\r\n");
    client("A102 LIST #news.comp.mail.misc \"\"\r\n");
    client("A202 LIST ~/Mail/ %\r\n");
    client("A002 LSUB \"#news.\" \"comp.mail.*\"\r\n");
    server("* LIST (\\Noselect) \"/\" \"\"\r\n");
    server("* LIST (\\Noselect) \".\" #news.\r\n");
    server("* LSUB () \".\" #news.comp.mail.mime\r\n");
    server("* SEARCH 2 84 882\r\n");
    server("* SEARCH\r\n");
    server("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)\r\n");
    server("* 23 FETCH (FLAGS (\\Seen) RFC822.SIZE 44827)\r\n");
    server("* 25 FETCH (FLAGS (\\Seen) UID 4828442)\r\n");
    server("+ Ready for literal data\r\n");
    server(
        "+ "
        "YGgGCSqGSIb3EgECAgIAb1kwV6ADAgEFoQMCAQ+"
        "iSzBJoAMCAQGiQgRAtHTEuOP2BXb9sBYFR4SJlDZxmg39IxmRBOhXRKdDA0uHTCOT9Bq3OsUT\r\n");
}

TEST_CASE("RFC 4731: ESEARCH") {
    client("A282 SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n");
    CHECK(std::get<ESearchData>(server("* ESEARCH (TAG \"A282\") MIN 2 COUNT 3\r\n")) ==
          ESearchData{"A282", false, 2, {}, 3, {}});
    client("A283 SEARCH RETURN () FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n");
    CHECK(std::get<ESearchData>(server("* ESEARCH (TAG \"A283\") ALL 2,10:11\r\n")).all ==
          SequenceSet{{2, 2}, {10, 11}});
    client("A284 SEARCH RETURN (MIN) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n");
    server("* ESEARCH (TAG \"A284\") MIN 4\r\n");
    client("A285 UID SEARCH RETURN (MIN MAX) 1:5000\r\n");
    CHECK(std::get<ESearchData>(server("* ESEARCH (TAG \"A285\") UID MIN 7 MAX 3800\r\n")) ==
          ESearchData{"A285", true, 7, 3800, {}, {}});
    client("A286 SEARCH RETURN (COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n");
    server("* ESEARCH (TAG \"A286\") COUNT 15\r\n");
}

TEST_CASE("RFC 5258: LIST-EXTENDED") {
    client("A02 LIST (SUBSCRIBED) \"\" \"*\"\r\n");
    client("A03 LIST () \"\" \"%\" RETURN (CHILDREN)\r\n");
    client("A04 LIST (REMOTE) \"\" \"%\" RETURN (CHILDREN)\r\n");
    client("A05 LIST (REMOTE SUBSCRIBED) \"\" \"*\"\r\n");
    client("A06 LIST (REMOTE) \"\" \"*\" RETURN (SUBSCRIBED)\r\n");
    client("BBB LIST \"\" (\"INBOX\" \"Drafts\" \"Sent/%\")\r\n");
    client("C04 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" \"%\"\r\n");
    client("a1 LIST \"\" (\"foo\")\r\n");
    client("a2 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (foo% \"b*r\" {3}\r\nbaz)\r\n");
    server("* LIST (\\Marked \\NoInferiors \\Subscribed) \"/\" \"inbox\"\r\n");
    server("* LIST (\\Subscribed \\NonExistent) \"/\" \"Fruit/Peach\"\r\n");
    server("* LIST (\\Subscribed \\Remote) \"/\" \"Bread\"\r\n");
    server("* LIST () \"/\" \"Foo\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n");
    server(
        "* LIST (\\NonExistent) \"/\" \"foo2\" (\"CHILDINFO\" (\"SUBSCRIBED\") \"tablecloth\" "
        "((\"edge\" \"lacy\") (\"color\" \"X\")))\r\n");
}

TEST_CASE("RFC 5819: LIST-STATUS") {
    client("A01 LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN))\r\n");
    server("* LIST () \".\"  \"INBOX\"\r\n");
    CHECK(std::get<StatusData>(server("* STATUS \"INBOX\" (MESSAGES 17 UNSEEN 16)\r\n"))
              .items.size() == 2);
    client("A02 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" % RETURN (STATUS (MESSAGES))\r\n");
    server("* LIST (\\Subscribed) \".\"  \"INBOX\"\r\n");
    server("* LIST () \".\" \"foo\" (CHILDINFO (\"SUBSCRIBED\"))\r\n");
}

TEST_CASE("RFC 7888: non-synchronising literals") {
    client("A001 LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man\r\n");
    client("A001 LOGIN {11}\r\nFRED FOOBAR {7}\r\nfat man\r\n");
    CHECK(
        command_events("A001 LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man\r\n", Feed::whole).size() ==
        1);
}

TEST_CASE("RFC 5161: ENABLE") {
    client("t1 CAPABILITY\r\n");
    CHECK(std::get<CapabilityData>(
              server("* CAPABILITY IMAP4rev1 ID LITERAL+ ENABLE X-GOOD-IDEA\r\n"))
              .capabilities.size() == 5);
    client("t2 ENABLE CONDSTORE X-GOOD-IDEA\r\n");
    CHECK(std::get<EnabledData>(server("* ENABLED X-GOOD-IDEA\r\n")).capabilities ==
          std::vector<std::string>{"X-GOOD-IDEA"});
    client("a3 ENABLE CONDSTORE\r\n");
    server("* ENABLED CONDSTORE\r\n");
}

TEST_CASE("RFC 7162: CONDSTORE and QRESYNC") {
    client("A02 SELECT INBOX (CONDSTORE)\r\n");
    client("s100 UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)\r\n");
    client("a103 UID STORE 6,4,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)\r\n");
    client("A03 SELECT INBOX (QRESYNC (67890007 90060115194045000 41,43:211,214:541))\r\n");
    client("A04 SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541 (1:3 4:6)))\r\n");
    server("* OK [HIGHESTMODSEQ 715194045007]\r\n");
    CHECK(
        std::get<FetchData>(server("* 1 FETCH (UID 4 MODSEQ (65402) FLAGS (\\Seen))\r\n")).modseq ==
        ModSeq{65'402});
    server("* SEARCH 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)\r\n");
    server("* VANISHED (EARLIER) 41,43:116,118,120:211,214:540\r\n");
    server("* VANISHED 405,407,410,425\r\n");
}

TEST_CASE("RFC 8437, 8508: UNAUTHENTICATE, REPLACE") {
    client("f01 UNAUTHENTICATE\r\n");
    client("A003 REPLACE 4 Drafts (\\Seen \\Draft) {13}\r\nHello, World!\r\n");
    client(
        "A004 UID REPLACE 2000 Drafts (\\Seen \\Draft) \"17-Jul-1996 02:44:25 -0700\" "
        "{13}\r\nHello, World!\r\n");
    server("* OK [APPENDUID 1 2000] Replacement Message ready\r\n");
}

TEST_CASE("RFC 3502, 4315, 6154, 6851: MULTIAPPEND, UIDPLUS, CREATE-SPECIAL-USE, MOVE") {
    client(
        "A003 APPEND saved-messages (\\Seen) {34+}\r\nDate: Mon, 7 Feb 1994 21:52:25 -08 (\\Seen) "
        "\" 7-Feb-1994 22:43:04 -0800\" {10+}\r\nFrom: Fred\r\n");
    client("A202 UID EXPUNGE 3000:3002\r\n");
    client("t2 CREATE MySpecial (USE (\\Drafts \\Sent))\r\n");
    client("a UID MOVE 42:69 foo\r\n");
    CHECK(std::get<StatusResponse>(server("* OK [COPYUID 432432 42:69 1202:1229]\r\n")).code ==
          ResponseCode{"COPYUID", "432432 42:69 1202:1229"});
    server("A003 OK [APPENDUID 38505 3955] APPEND completed\r\n");
}

TEST_CASE("RFC 4314, 8440: access control") {
    client("A001 SeTacl INBOX/Drafts David lrswida\r\n");
    client("A002 SETACL INBOX/Drafts Chris +cda\r\n");
    client("A003 SETACL INBOX/Drafts Chris \"-lr\"\r\n");
    client("B002 DeleteAcl INBOX -Fred\r\n");
    client("B003 GETACL INBOX\r\n");
    client("a001 LISTRIGHTS ~/Mail/saved smith\r\n");
    client("A003 MYRIGHTS INBOX\r\n");
    client("A01 LIST \"\" % RETURN (MYRIGHTS)\r\n");
    CHECK(std::get<SetAcl>(read_command("A SETACL x y +\r\n")->body).sign == '+');
}

TEST_CASE("RFC 5464, 9590, 9208: metadata and quotas") {
    client("a GETMETADATA \"\" /shared/comment\r\n");
    client("a GETMETADATA \"INBOX\" (/shared/comment /private/comment)\r\n");
    client("a GETMETADATA \"INBOX\" (MAXSIZE 1024) (/shared/comment /private/comment)\r\n");
    client("a GETMETADATA (DEPTH 1) \"INBOX\" (/private/filters/values)\r\n");
    client("a SETMETADATA INBOX (/private/comment \"My comment\" /shared/comment NIL)\r\n");
    client("a SETMETADATA INBOX (/private/comment ~{3+}\r\nx\\y)\r\n");
    client("A00 LIST \"\" % RETURN (METADATA (\"/shared/vendor/cmu/cyrus-imapd/color\"))\r\n");
    client("A0001 GETQUOTA \"!partition/sda4\"\r\n");
    client("G0002 GETQUOTAROOT INBOX\r\n");
    client("S0003 STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)\r\n");
}

TEST_CASE("RFC 2971, 4959, 2177, 2342: ID, SASL-IR, IDLE, NAMESPACE") {
    client(
        "a023 ID (\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music "
        "Limited\")\r\n");
    client("a042 ID NIL\r\n");
    server("* ID NIL\r\n");
    server(
        "* ID (\"name\" \"Cyrus\" \"version\" \"1.5\" \"os\" \"sunos\" \"os-version\" \"5.5\" "
        "\"support-url\" \"mailto:cyrus-bugs+@andrew.cmu.edu\")\r\n");
    client("C1 AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=\r\n");
    client("C2 AUTHENTICATE EXTERNAL =\r\n");
    client("A002 IDLE\r\n");
    server("+ idling\r\n");
    client("A001 NAMESPACE\r\n");
    server(
        "* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) ((\"#shared/\" \"/\")(\"#public/\" "
        "\"/\")(\"#ftp/\" \"/\")(\"#news.\" \".\"))\r\n");
}

}  // namespace mailhold::imap::wire
