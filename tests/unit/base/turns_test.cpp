#include "store/base/turns.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace mailhold;

namespace {

std::string order(Turns<char>& turns) {
    std::string out;
    while (auto taken = turns.take()) {
        out += taken->item;
        turns.give_back(taken->owner);
    }
    return out;
}

}  // namespace

TEST_CASE("owners take turns, whoever asks for more") {
    Turns<char> turns;
    for (const char item : {'a', 'b', 'c', 'd'}) turns.add("many", item);
    turns.add("one", '1');
    turns.add("two", '2');
    turns.add("two", '3');
    CHECK(turns.size() == 7);
    CHECK(turns.waiting("many") == 4);
    CHECK(turns.waiting("nobody") == 0);
    CHECK(order(turns) == "a12b3cd");
    CHECK(turns.size() == 0);
    CHECK_FALSE(turns.take());
}

TEST_CASE("an owner has no more out than allowed, and holds up nobody by that") {
    Turns<char> turns(1);
    for (const char item : {'a', 'b'}) turns.add("many", item);
    turns.add("one", '1');
    CHECK(turns.take()->item == 'a');
    CHECK(turns.take()->item == '1');
    CHECK_FALSE(turns.take());
    turns.give_back("one");
    CHECK_FALSE(turns.take());
    turns.give_back("many");
    CHECK(turns.take()->item == 'b');
}

TEST_CASE("who comes back after his turn stands behind the others") {
    Turns<char> turns;
    turns.add("a", '1');
    turns.add("b", '2');
    const auto first = turns.take();
    turns.add("a", '3');
    turns.give_back("a");
    CHECK(order(turns) == "23");
}
