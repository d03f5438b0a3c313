// Readers beside the writer of an index: snapshots, several threads, shards that are compacted.
#include "indexer/engine/shard_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/unit/engine/small_index.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::engine;
using query::TextKey;
using query::TextScope;

TEST_CASE("a reader that the writer overtakes answers from a newer snapshot") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    std::vector<std::string> bodies(200, "ALPHA BETA GAMMA");
    fill(**writer, 1, bodies);
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    for (std::uint32_t round = 1; round < 6; ++round) fill(**writer, 200 * round + 1, bodies);
    const auto all = (*reader)->candidates(TextKey{TextScope::body, {}, "beta"});
    REQUIRE(all);
    for (std::uint32_t n = 1; n <= 200; ++n) CHECK(all->holds(MessageNumber{n}));
    CHECK((*reader)->text(MessageNumber{7}));
}

TEST_CASE("readers for several threads share what is in memory and see the same") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    fill(**writer, 1, {"ALPHA", "BETA"});
    auto one = IndexReader::open(folder.path());
    REQUIRE(one);
    fill(**writer, 3, {"ALPHA", "GAMMA"});
    auto two = (*one)->another();
    REQUIRE(two);
    CHECK(found(**two, TextScope::body, "alph") == Numbers{1, 3});
    CHECK(found(**one, TextScope::body, "alph") == Numbers{1});
    CHECK(found(**one, TextScope::body, "gamm").empty());
    REQUIRE((*one)->reopen());
    CHECK(found(**one, TextScope::body, "gamm") == Numbers{4});
}

TEST_CASE("a reader that has rested answers as before, and what was written meanwhile") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    fill(**writer, 1, {"ALPHA", "BETA"});
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    (*reader)->rest();
    REQUIRE((*reader)->reopen());
    CHECK(found(**reader, TextScope::body, "alph") == Numbers{1});
    (*reader)->rest();
    fill(**writer, 3, {"ALPHA", "GAMMA"});
    for (std::uint32_t shard = 0; shard < (*writer)->shards(); ++shard)
        REQUIRE((*writer)->compact(shard));
    REQUIRE((*reader)->reopen());
    CHECK(found(**reader, TextScope::body, "alph") == Numbers{1, 3});
    CHECK(found(**reader, TextScope::body, "amm") == Numbers{4});
    (*reader)->rest();
    CHECK(found(**(*reader)->another(), TextScope::body, "bet") == Numbers{2});
}

TEST_CASE("a compacted shard is smaller and answers as before") {
    const test::TemporaryFolder folder;
    std::uint32_t next = 1;
    for (int round = 0; round < 8; ++round) {  // opened again each time, as daemons are
        auto writer = IndexWriter::open(folder.path());
        REQUIRE(writer);
        std::vector<std::string> bodies;
        for (int i = 0; i < 300; ++i)
            bodies.push_back(fmt::format("W{} SAME", next + bodies.size()));
        fill(**writer, next, bodies);
        next += 300;
    }
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    const auto terms = folder.path() / "shard-0" / "terms" / "postlist.glass";
    const auto before = std::filesystem::file_size(terms);
    REQUIRE((*writer)->wants_compaction(0));
    REQUIRE((*writer)->compact(0));
    CHECK_FALSE((*writer)->wants_compaction(0));
    CHECK((*writer)->wants_compaction(1));
    CHECK(std::filesystem::file_size(terms) < before * 3 / 4);
    CHECK(found(**reader, TextScope::body, "w777 same") == Numbers{777});  // as it was opened
    fill(**writer, next, {"W777777", "W777778"});
    auto again = IndexReader::open(folder.path());
    REQUIRE(again);
    CHECK(found(**again, TextScope::body, "w777 same") == Numbers{777});
    CHECK(found(**again, TextScope::body, "w7777") == Numbers{next, next + 1});
    CHECK(found(**again, TextScope::body, "same").size() >= 2400);
}

TEST_CASE("readers know each term once, whether they followed until a compaction or not") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path(), 1);
    REQUIRE(writer);
    fill(**writer, 1, {"ALPHA BETA", "BETA"});
    const auto shard = folder.path() / "shard-0";
    ShardReader following(shard), late(shard);
    fill(**writer, 3, {"GAMMA"});
    following.reopen();
    REQUIRE((*writer)->compact(0));
    fill(**writer, 4, {"DELTA ALPHA"});
    const auto fresh = ShardReader(shard).lexicon().terms();
    CHECK(std::ranges::adjacent_find(fresh) == fresh.end());
    for (ShardReader* reader : {&following, &late}) {
        reader->reopen();
        CHECK(reader->lexicon().terms() == fresh);
    }
}

TEST_CASE("compaction under readers' hands never looks like damage") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    fill(**writer, 1, {"ALPHA", "BETA", "GAMMA", "DELTA"});
    auto kept = IndexReader::open(folder.path());
    REQUIRE(kept);
    std::atomic<bool> over{false}, fine{true};
    const std::jthread compacting([&] {
        for (std::uint32_t next = 5; next < 65; ++next) {
            fine = fine && (*writer)->compact(0) &&
                   (*writer)->add(MessageNumber{next}, message("ALPHA")) &&
                   (*writer)->commit(0, MessageNumber{next}) &&
                   (*writer)->commit(1, MessageNumber{next}) && (*writer)->compact(1);
        }
        over = true;
    });
    for (std::size_t before = 1; !over;) {
        const auto opened = IndexReader::open(folder.path());
        if (!opened) UNSCOPED_INFO(opened.error().text);
        CHECK(opened);
        if (opened) CHECK(found(**opened, TextScope::body, "alpha").size() >= before);
        CHECK((*kept)->reopen());
        const auto now = found(**kept, TextScope::body, "alpha").size();
        CHECK(now >= before);
        before = now;
    }
    CHECK(fine);
}
