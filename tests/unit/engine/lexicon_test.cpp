#include "indexer/engine/lexicon.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace mailhold::indexer::engine;
using Edge = Lexicon::Edge;
using Words = std::vector<std::string_view>;

TEST_CASE("the lexicon finds tokens by any part, with closed and open edges") {
    Lexicon lexicon;
    lexicon.add("BINVOICE\nSINVOICE\nBVOICE\n");
    lexicon.add("BVOICES\nBICEVOICE\n\nQUNKNOWN\nBA\n");
    const auto find = [&](std::string_view part, Edge before, Edge after) {
        return lexicon.find(TermField::body, part, before, after, 100).tokens;
    };
    CHECK(find("VOICE", Edge::open, Edge::open) == Words{"INVOICE", "VOICE", "VOICES", "ICEVOICE"});
    CHECK(find("VOICE", Edge::closed, Edge::open) == Words{"VOICE", "VOICES"});
    CHECK(find("VOICE", Edge::open, Edge::closed) == Words{"INVOICE", "VOICE", "ICEVOICE"});
    CHECK(find("VOICE", Edge::closed, Edge::closed) == Words{"VOICE"});
    CHECK(find("ICE", Edge::open, Edge::open) == Words{"INVOICE", "VOICE", "VOICES", "ICEVOICE"});
    CHECK(find("A", Edge::closed, Edge::closed) == Words{"A"});
    CHECK(find("UNKNOWN", Edge::open, Edge::open).empty());
    CHECK(lexicon.find(TermField::subject, "VOICE", Edge::open, Edge::open, 100).tokens ==
          Words{"INVOICE"});
    CHECK(lexicon.find(TermField::to, "VOICE", Edge::open, Edge::open, 100).tokens.empty());
    lexicon.add("Hlist-id\tVOICE\nHvoice\tLIST\nHlist-id\t\n");
    const auto in_header = [&](std::string_view part, Edge before) {
        return lexicon.find(TermField::header, part, before, Edge::open, 100).tokens;
    };
    CHECK(in_header("VOICE", Edge::open) == Words{"list-id\tVOICE"});
    CHECK(in_header("voice", Edge::open).empty());  // a name
    CHECK(in_header("IST", Edge::open) == Words{"voice\tLIST"});
    CHECK(in_header("IST", Edge::closed).empty());
    CHECK(in_header("LIST", Edge::closed) == Words{"voice\tLIST"});
    CHECK(lexicon.terms() == std::vector<std::string>{"BA", "BICEVOICE", "BINVOICE", "BVOICE",
                                                      "BVOICES", "Hlist-id\t", "Hlist-id\tVOICE",
                                                      "Hvoice\tLIST", "SINVOICE"});
}

TEST_CASE("the lexicon says when there are more tokens than asked for") {
    Lexicon lexicon;
    lexicon.add("BAB\nBAC\nBAD\n");
    CHECK(lexicon.find(TermField::body, "A", Edge::open, Edge::open, 3).complete);
    const auto cut = lexicon.find(TermField::body, "A", Edge::open, Edge::open, 2);
    CHECK_FALSE(cut.complete);
    CHECK(cut.tokens.size() == 2);
}
