// BINARY (RFC 3516): parts with their transfer encoding undone, and messages that hold NUL.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace std::string_literals;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

const std::string parts = mail(
    "Subject: parts\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n"
    "\n"
    "--b\n"
    "Content-Type: text/plain; charset=iso-8859-1\n"
    "Content-Transfer-Encoding: quoted-printable\n"
    "\n"
    "Gr=FC=DFe,=\n"
    " Ann\n"
    "--b\n"
    "Content-Type: application/octet-stream\n"
    "Content-Transfer-Encoding: BASE64\n"
    "\n"
    "AGFiYwA=\n"
    "--b\n"
    "Content-Type: message/rfc822\n"
    "\n"
    "Subject: inner\n"
    "Content-Transfer-Encoding: base64\n"
    "\n"
    "aW5zaWRl\n"
    "--b\n"
    "Content-Type: text/plain\n"
    "\n"
    "as it is\n"
    "--b--\n");

std::string literal(const std::string& octets) {
    return fmt::format("{{{}}}\r\n{}", octets.size(), octets);
}

}  // namespace

TEST_CASE("FETCH of BINARY undoes the transfer encoding, of no charset (RFC 3516 4.2)") {
    World world;
    world.add("INBOX", 1, {parts, {"\\Seen"}});
    const std::string greeting =
                          "Gr\xfc\xdf"
                          "e, Ann",
                      zeros = "\0abc\0"s;
    const std::string inner = mail("Subject: inner\nContent-Transfer-Encoding: base64\n\naW5zaWRl");
    struct Row {
        std::string items, expected;
    };
    const std::vector<Row> rows = {
        {"BINARY[1]", "BINARY[1] " + literal(greeting)},
        {"binary.peek[1]<2.4>", "BINARY[1]<2> " + literal(greeting.substr(2, 4))},
        {"BINARY[1]<100.4>", "BINARY[1]<100> " + literal("")},
        {"BINARY.SIZE[1]", "BINARY.SIZE[1] 10"},
        {"BINARY[2]", "BINARY[2] ~" + literal(zeros)},
        {"BINARY[2]<1.3>", "BINARY[2]<1> " + literal("abc")},
        {"(BINARY.SIZE[2] BINARY[2]<0.2>)", "BINARY.SIZE[2] 5 BINARY[2]<0> ~" + literal("\0a"s)},
        {"BINARY[3]", "BINARY[3] " + literal(inner)},
        {"BINARY[3.1]", "BINARY[3.1] " + literal("inside")},
        {"BINARY[4]", "BINARY[4] " + literal("as it is")},
        {"(BINARY[5] BINARY.SIZE[5])", "BINARY[5] NIL BINARY.SIZE[5] 0"},
        {"(BINARY.SIZE[] BODY[1])",
         fmt::format("BINARY.SIZE[] {} BODY[1] ", parts.size()) + literal("Gr=FC=DFe,=\r\n Ann")},
        {"BINARY[]", "BINARY[] " + literal(parts)},
    };
    Script script(world);
    script.login().select("INBOX");
    for (const Row& row : rows) {
        INFO(row.items);
        script.client("a FETCH 1 " + row.items)
            .server_raw("* 1 FETCH (" + row.expected + ")\r\n")
            .server("a OK ...")
            .silence();
    }
    for (const std::string wrong : {"BINARY", "BINARY.SIZE[1]<0.1>", "BINARY.SIZE.PEEK[1]",
                                    "BINARY[TEXT]", "BINARY[1.]", "BINARY[1.MIME]"})
        script.client("b FETCH 1 " + wrong).server("b BAD ...").silence();
}

TEST_CASE(
    "a part in an unknown encoding is NO [UNKNOWN-CTE], and the others are given (RFC 3516 4.3)") {
    World world;
    world.add("INBOX", 1, {mail("Content-Transfer-Encoding: x-zip\n\nb\n")});
    world.add("INBOX", 2, {mail("Content-Transfer-Encoding: base64\n\nYg==\n")});
    Script script(world);
    script.login().select("INBOX").client("a FETCH 1:2 (UID BINARY.PEEK[1])");
    script.server("* 2 FETCH (UID 2 BINARY[1] {1}").server("b)").server("a NO [UNKNOWN-CTE] ...");
    script.client("b FETCH 1 BINARY.SIZE[1]").server("b NO [UNKNOWN-CTE] ...");
    script.client("c FETCH 1 BODY.PEEK[1]")
        .server("* 1 FETCH (BODY[1] {3}")
        .server("b")
        .server(")");
    script.server("c OK ...").silence();
}

TEST_CASE("BINARY marks what it shows as seen; its size and BINARY.PEEK do not") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/x").take();
    script.client("b APPEND Workspaces/x {20+}\r\nSubject: a\r\n\r\nb\r\n\r\n\r").take();
    script.client("c SELECT Workspaces/x").take();
    script.client("d FETCH 1 (BINARY.PEEK[1]<0.1> BINARY.SIZE[1])");
    script.server("* 1 FETCH (BINARY[1]<0> {1}").server("b BINARY.SIZE[1] 6)").server("d OK ...");
    script.client("e FETCH 1 BINARY[1]<0.1>").server("* 1 FETCH (BINARY[1]<0> {1}").server("b)");
    script.server("* 1 FETCH (UID 1 FLAGS (\\Seen))").server("e OK ...").silence();
}

TEST_CASE("a large part is decoded once for all its slices") {
    World world;
    std::string encoded;
    while (encoded.size() < (4 << 20))
        encoded += "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn\r\n";
    world.add("INBOX", 1, {mail("Content-Transfer-Encoding: base64\n\n") + encoded});
    Script script(world);
    script.login().select("INBOX");
    std::string whole;
    for (std::size_t offset = 0; offset < (1 << 20); offset += 65'536) {
        script.client(fmt::format("a FETCH 1 BINARY.PEEK[1]<{}.65536>", offset));
        const std::string slice = script.take();
        whole += slice.substr(slice.find("\r\n") + 2, 65'536);
    }
    CHECK(whole.starts_with("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgABCDEFG"));
    CHECK(whole.size() == 1 << 20);
}

TEST_CASE("APPEND takes a literal8 and keeps its octets (RFC 3516 4.4)") {
    for (const auto feed : {Feed::whole, Feed::bytewise}) {
        World world;
        Script script(world, {.tls = true}, feed);
        script.login().client("a CREATE Workspaces/x").take();
        const std::string message = "Content-Transfer-Encoding: binary\r\n\r\na\0b\r\n"s;
        script.client_raw(fmt::format("b APPEND Workspaces/x (\\Seen) ~{{{}}}\r\n", message.size()))
            .server("+ OK")
            .client(message)
            .server("b OK [APPENDUID ... 1] ...");
        script.client("c SELECT Workspaces/x").take();
        script.client("d FETCH 1 (BINARY[1] BODY.PEEK[])");
        script.server_raw("* 1 FETCH (BINARY[1] ~" + literal("a\0b\r\n"s) + " BODY[] " +
                          literal(message) + ")\r\n");
        script.server("d OK ...").silence();
    }
}
