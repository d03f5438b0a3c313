#include "store/catalog/flag_sets.hpp"

#include <catch2/catch.hpp>

#include "script.hpp"
#include "store/catalog/schema.hpp"

namespace mailhold::store::catalog {

TEST_CASE("words are joined and split") {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{}, {"a"}, {"\\Seen", "b", "c"}}) {
        CHECK(split_words(join_words(words)) == words);
    }
    CHECK(split_words("  a  b ") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("flag sets are spelled in one way and numbered once") {
    const test::Folder folder;
    Connection connection(folder.catalog(), Connection::Role::writer);
    create_tables(connection);
    FlagSets sets(connection);

    CHECK_FALSE(sets.find({"\\Seen"}));
    const auto seen = sets.intern({"\\SEEN", "\\Recent"});
    CHECK(sets.find({"\\seen"}) == seen);
    CHECK(sets.seen(seen));
    const auto work = sets.intern({"$Work", "\\flagged", "$WORK"});
    CHECK(work != seen);
    CHECK_FALSE(sets.seen(work));
    CHECK(sets.find({"\\Flagged", "$work"}) == work);
    CHECK_FALSE(sets.find({"\\Flagged", "$home"}));
    CHECK_FALSE(sets.find({}));
    const auto none = sets.intern({"\\recent"});
    CHECK(sets.find({}) == none);

    // Another object over the same rows knows the same, first spellings included.
    FlagSets again(connection);
    CHECK(again.intern({"\\Flagged", "$wORK"}) == work);
    CHECK(again.find({}) == none);
    auto spelling = connection.query("SELECT spelling FROM keyword");
    REQUIRE(spelling.step());
    CHECK(spelling.get<std::string>(0) == "$Work");
    CHECK_FALSE(spelling.step());
}

}  // namespace mailhold::store::catalog
