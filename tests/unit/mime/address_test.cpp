// Address lists as ENVELOPE shows them.
#include "indexer/mime/address.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::indexer::mime;

namespace {

// "name|route|mailbox|host", "-" where there is none, addresses joined by " ; ".
std::string shown(std::string_view list) {
    std::string text;
    for (const Address& address : parse_addresses(list)) {
        if (!text.empty()) text += " ; ";
        text += address.name.value_or("-") + "|" + address.route.value_or("-") + "|";
        text += address.mailbox.value_or("-") + "|" + address.host.value_or("-");
    }
    return text;
}

struct Row {
    std::string_view list, expected;
};

}  // namespace

TEST_CASE("addresses of RFC 5322 are read into name, route, mailbox and host") {
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"a@b", "-|-|a|b"},
        {"John Q. Public <jqp@example.org>", "John Q. Public|-|jqp|example.org"},
        {"\"Public, John \\\"Q\\\"\" <j@x.org>", "Public, John \"Q\"|-|j|x.org"},
        {"=?utf-8?q?J=C3=BCrgen?= <j@x.org>", "=?utf-8?q?J=C3=BCrgen?=|-|j|x.org"},
        {"a@b.org, c@d.org", "-|-|a|b.org ; -|-|c|d.org"},
        {"a@b.org (The Name)", "The Name|-|a|b.org"},
        {"(one) a (two) @ b . org (three)", "three|-|a|b.org"},
        {"a@b.org (nested (deep) comment)", "nested (deep) comment|-|a|b.org"},
        {"\"quoted local\"@x.org", "-|-|quoted local|x.org"},
        {"a@[192.0.2.1]", "-|-|a|[192.0.2.1]"},
        {"<@one.org,@two.org:a@b.org>", "-|@one.org,@two.org|a|b.org"},
        {"<@one.org, @two.org:a@b.org>", "-|@one.org,@two.org|a|b.org"},
    }));
    CHECK(shown(row.list) == row.expected);
}

TEST_CASE("groups are opened by their name and closed by an empty address") {
    const auto row = GENERATE(values<Row>({
        {"undisclosed-recipients:;", "-|-|undisclosed-recipients|- ; -|-|-|-"},
        {"The Team: a@b, C <c@d>;", "-|-|The Team|- ; -|-|a|b ; C|-|c|d ; -|-|-|-"},
        {"x@y, Team: a@b;, z@y", "-|-|x|y ; -|-|Team|- ; -|-|a|b ; -|-|-|- ; -|-|z|y"},
        {"Open: a@b", "-|-|Open|- ; -|-|a|b ; -|-|-|-"},
    }));
    INFO(row.list);
    CHECK(shown(row.list) == row.expected);
}

TEST_CASE("an address that is not one still has a host, or it would be a group") {
    const auto row = GENERATE(values<Row>({
        {"postmaster", "-|-|postmaster|"},
        {"Some People", "Some People|-||"},
        {"First Last last@x.org", "First Last|-|last|x.org"},
        {"root <root>", "root|-|root|"},
        {"a <b>, c <d>", "a|-|b| ; c|-|d|"},
        {"Nobody <>", "Nobody|-||"},
        {"a@b@c.org", "-|-|a|b@c.org"},
        {"a@b <a@b>", "a@b|-|a|b"},
        {",,a@b,,", "-|-|a|b"},
        {"<a@b", "-|-|a|b"},
        {"\"open <a@b>", "-|-|open <a@b>|"},
    }));
    INFO(row.list);
    CHECK(shown(row.list) == row.expected);
    for (const Address& address : parse_addresses(row.list)) CHECK(address.host);
}

TEST_CASE("any octets make some address list, also cut anywhere") {
    const std::string whole = "A \"b\\\"\" <@r:c@d>, g: (c (d)) e@[f];, \xff\x80 @ , <<>>@(:;";
    for (std::size_t length = 0; length <= whole.size(); ++length)
        CHECK_NOTHROW(parse_addresses(std::string_view(whole).substr(0, length)));
    CHECK_NOTHROW(parse_addresses(std::string(100'000, '(')));
    CHECK(parse_addresses(std::string(100'000, ',') + "a@b").size() == 1);
}
