// What ties messages together, from headers as they come.
#include "indexer/mime/links.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::indexer::mime;

namespace {

IdHash id_of(const std::string& id) {
    return read_links("Message-ID: <" + id + ">\n\n").id.value();
}

}  // namespace

TEST_CASE("References count, without them the first of In-Reply-To") {
    const auto both = read_links(
        "In-Reply-To: <c@x>\nReferences: <a@x>\r\n <b@x>\nMessage-ID: <m@x>\nSubject: s\n\n<no@x>");
    CHECK(both.id == id_of("m@x"));
    CHECK(both.references == std::vector{id_of("a@x"), id_of("b@x")});
    const auto reply = read_links("In-Reply-To: your letter <c@x> <d@x>\n\n");
    CHECK_FALSE(reply.id);
    CHECK(reply.references == std::vector{id_of("c@x")});
}

TEST_CASE("ids are the same however they are quoted, and what is no id is left out") {
    CHECK(id_of("\"a b\"@x") == id_of("ab@x"));
    CHECK(id_of("a@x") != id_of("A@x"));
    CHECK(read_links("References: <a> <@x> <b@> <c@x <d@x>\n\n").references ==
          std::vector{id_of("d@x")});
}

TEST_CASE("of very many references the nearest count") {
    std::string header = "References:";
    for (int i = 0; i < 1500; ++i) header += " <" + std::to_string(i) + "@x>";
    const auto links = read_links(header + "\n\n");
    REQUIRE(links.references.size() == 1000);
    CHECK(links.references.front() == id_of("500@x"));
    CHECK(links.references.back() == id_of("1499@x"));
}

TEST_CASE("links come back from their text, and other text is none") {
    for (const auto& links : {Links{}, Links{1, {}}, Links{{}, {2}}, Links{~IdHash{0}, {3, 4, 5}}})
        CHECK(links_from(links_text(links)) == links);
    for (const auto* text : {"", " ", "- ", "-1", "1", "0000000000000001 2", "000000000000000x",
                             "- -", "-  0000000000000001"})
        CHECK_FALSE(links_from(text));
}
