// The life of an index: commits, damage, columns, checks.
#include "indexer/engine/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "indexer/engine/slab.hpp"
#include "tests/unit/engine/small_index.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::engine;
using query::TextKey;
using query::TextScope;

TEST_CASE("no index is not_found, an empty one is through nothing") {
    const test::TemporaryFolder folder;
    const auto none = IndexReader::open(folder.path() / "index");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::not_found);
    CHECK(indexed_through(folder.path() / "index").error().code == Errc::not_found);
    REQUIRE(IndexWriter::open(folder.path() / "index"));
    CHECK(indexed_through(folder.path() / "index") == MessageNumber{0});
    const auto reader = IndexReader::open(folder.path() / "index");
    REQUIRE(reader);
    CHECK((*reader)->through() == MessageNumber{0});
    CHECK(found(**reader, TextScope::body, "X").empty());
    CHECK((*reader)->text(MessageNumber{1}).error().code == Errc::not_found);
}

TEST_CASE("what is committed is found, what is not is not") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    fill(**writer, 1, {"ALPHA", "BETA", "GAMMA ALPHA"});
    REQUIRE((*writer)->add(MessageNumber{4}, message("ALPHA")));
    CHECK(indexed_through(folder.path()) == MessageNumber{3});
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    CHECK((*reader)->through() == MessageNumber{3});
    CHECK(found(**reader, TextScope::body, "alpha") == Numbers{1, 3});
    CHECK(found(**reader, TextScope::body, "LPH") == Numbers{1, 3});
    CHECK(found(**reader, TextScope::body, "A AL").back() == 3);
    CHECK(found(**reader, TextScope::subject, "beta") == Numbers{2});
    CHECK(found(**reader, TextScope::from, "beta").empty());
    CHECK(found(**reader, TextScope::header, "4455", "X-Hash") == Numbers{1, 2, 3});
    CHECK(found(**reader, TextScope::header, "", "X-Other").empty());
    CHECK(found(**reader, TextScope::text, "zzyzx").empty());
    const auto text = (*reader)->text(MessageNumber{3});
    REQUIRE(text);
    CHECK(text->body == "GAMMA ALPHA");
    CHECK((*reader)->text(MessageNumber{4}).error().code == Errc::not_found);

    writer->reset();  // as a crash would leave it
    writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    CHECK((*writer)->through() == MessageNumber{3});
    fill(**writer, 4, {"ALPHABET", "DELTA"});
    REQUIRE((*reader)->reopen());
    CHECK((*reader)->through() == MessageNumber{5});
    CHECK(found(**reader, TextScope::body, "alpha") == Numbers{1, 3, 4});
    CHECK(found(**reader, TextScope::body, "delt") == Numbers{5});
}

TEST_CASE("certain candidates are those that a token decides") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    fill(**writer, 1, {"INVOICE DUE", "NOTHING", "VOICE"});
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    const auto word = (*reader)->candidates(TextKey{TextScope::body, {}, "voice"});
    REQUIRE(word);
    CHECK(word->surely_holds(MessageNumber{1}));
    CHECK_FALSE(word->surely_holds(MessageNumber{2}));
    CHECK(word->surely_holds(MessageNumber{3}));
    const auto phrase = (*reader)->candidates(TextKey{TextScope::body, {}, "voice due"});
    REQUIRE(phrase);
    CHECK(phrase->holds(MessageNumber{1}));
    CHECK_FALSE(phrase->surely_holds(MessageNumber{1}));
}

TEST_CASE("an address is decided by its value, a value too long for that by its words") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    std::string many;
    for (int i = 0; i < 40; ++i) many += fmt::format("<GUEST{}@EXAMPLE.ORG>, ", i);
    const auto add = [&](std::uint32_t n, std::string to) {
        text::SearchText text;
        text.fields.push_back({"to", std::move(to)});
        REQUIRE((*writer)->add(MessageNumber{n}, text));
        REQUIRE((*writer)->commit((*writer)->shard_of(MessageNumber{n}), MessageNumber{n}));
    };
    add(1, "ANN <ANN@EXAMPLE.ORG>");
    add(2, "EXAMPLE <BOB@ORG.EXAMPLE.NET>");
    add(3, many);
    add(4, "ANN <ANN@EXAMPLE.ORG>");
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    const auto found = (*reader)->candidates(TextKey{TextScope::to, {}, "@example.org"});
    REQUIRE(found);
    for (const std::uint32_t n : {1U, 4U}) CHECK(found->surely_holds(MessageNumber{n}));
    CHECK_FALSE(found->holds(MessageNumber{2}));
    CHECK(found->holds(MessageNumber{3}));
    CHECK_FALSE(found->surely_holds(MessageNumber{3}));
    const auto text = (*reader)->candidates(TextKey{TextScope::text, {}, "<ann@example"});
    REQUIRE(text);
    CHECK(text->surely_holds(MessageNumber{1}));
}

TEST_CASE("the position is that of the shard that lags") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    for (std::uint32_t n = 1; n <= 4; ++n)
        REQUIRE((*writer)->add(MessageNumber{n}, message("ALPHA")));
    REQUIRE((*writer)->commit(0, MessageNumber{4}));
    CHECK((*writer)->through() == MessageNumber{0});
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    CHECK((*reader)->through() == MessageNumber{0});
    writer->reset();
    writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    // What shard 0 has already stays as it is.
    fill(**writer, 1, {"BETA", "BETA", "BETA", "BETA"});
    REQUIRE((*reader)->reopen());
    CHECK((*reader)->through() == MessageNumber{4});
    CHECK(found(**reader, TextScope::body, "alpha") == Numbers{1, 3});
    CHECK(found(**reader, TextScope::body, "beta") == Numbers{2, 4});
}

TEST_CASE("columns tell the day of sending and attachments") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    using namespace std::chrono;
    auto dated = message("DATED");
    dated.sent = ZonedSeconds{sys_days{1969y / 12 / 31} + 23h, 120};
    auto filed = message("FILED");
    filed.filenames = "A.PDF";
    filed.sent = ZonedSeconds{sys_days{2024y / 2 / 29} + 1h, -120};
    REQUIRE((*writer)->add(MessageNumber{1}, dated));
    REQUIRE((*writer)->add(MessageNumber{2}, filed));
    REQUIRE((*writer)->add(MessageNumber{3}, message("PLAIN")));
    for (const std::uint32_t shard : {0U, 1U}) REQUIRE((*writer)->commit(shard, MessageNumber{3}));
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    CHECK((*reader)->facts(MessageNumber{1}) == Facts{sys_days{1970y / 1 / 1}, false});
    CHECK((*reader)->facts(MessageNumber{2}) == Facts{sys_days{2024y / 2 / 28}, true});
    CHECK((*reader)->facts(MessageNumber{3}) == Facts{{}, false});
    CHECK((*reader)->facts(MessageNumber{4}).error().code == Errc::not_found);
    CHECK(found(**reader, TextScope::filename, ".pd") == Numbers{2});
    fill(**writer, 4, {"PLAIN", "PLAIN"});
    REQUIRE((*reader)->reopen());
    CHECK((*reader)->facts(MessageNumber{5}) == Facts{{}, false});
}

TEST_CASE("check compares every structure with the text") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    const std::vector<std::string> bodies{"ALPHA 00112233445566778899AABBCCDDEEFF", "BETA"};
    fill(**writer, 1, bodies);
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    CHECK((*reader)->check(MessageNumber{1}, message(bodies[0])));
    CHECK((*reader)->check(MessageNumber{2}, message("ALPHA")).error().code == Errc::corrupt);
    CHECK((*reader)->check(MessageNumber{3}, message("ALPHA")).error().code == Errc::not_found);
    std::vector<std::optional<std::uint64_t>> sums;
    for (std::uint32_t n = 1; n <= 2; ++n)
        sums.emplace_back(*(*reader)->check(MessageNumber{n}, message(bodies[n - 1])));
    CHECK((*reader)->check_terms(sums)->empty());
    *sums[1] += 1;
    CHECK(*(*reader)->check_terms(sums) == std::vector{MessageNumber{2}});
    sums[1].reset();
    CHECK((*reader)->check_terms(sums)->empty());
}

TEST_CASE("slabs fill, whatever the commits and compactions, and find what the tail found") {
    const test::TemporaryFolder folder;
    constexpr std::uint32_t count = 2 * 3 * slab_messages + 100;
    std::uint32_t next = 1;
    while (next <= count) {
        auto writer = IndexWriter::open(folder.path());
        REQUIRE(writer);
        REQUIRE((*writer)->through() == MessageNumber{next - 1});
        std::vector<std::string> bodies;
        for (; bodies.size() < 700 && next + bodies.size() <= count;)
            bodies.push_back(
                fmt::format("W{:020}X SIDE{}", next + bodies.size(), next + bodies.size()));
        fill(**writer, next, bodies);
        next += static_cast<std::uint32_t>(bodies.size());
        for (std::uint32_t shard = 0; shard < (*writer)->shards(); ++shard)
            REQUIRE((*writer)->compact(shard));  // which makes a slab of what there is
        // Added and never committed, as a crash leaves it.
        for (std::uint32_t n = next; n < next + 600; ++n)
            REQUIRE((*writer)->add(MessageNumber{n}, message("LOST")));
    }
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    for (std::uint32_t n = 1; n <= count; n += 37) {
        const auto hits = found(**reader, TextScope::body, fmt::format("{:020}x", n));
        CHECK(std::ranges::find(hits, n) != hits.end());
        CHECK(hits.size() < count / 20);
        const auto sides = found(**reader, TextScope::body, fmt::format("{:020}x side{}", n, n));
        CHECK(std::ranges::find(sides, n) != sides.end());
        CHECK(sides.size() < 20);
        CHECK((*reader)->text(MessageNumber{n})->body == fmt::format("W{:020}X SIDE{}", n, n));
    }
    CHECK(found(**reader, TextScope::body, "LOST WORDS").empty());
}

TEST_CASE("what was said with a commit is kept with it") {
    const test::TemporaryFolder folder;
    {
        auto writer = IndexWriter::open(folder.path(), 1);
        REQUIRE(writer);
        REQUIRE((*writer)->add(MessageNumber{1}, message("ALPHA")));
        REQUIRE((*writer)->commit(0, MessageNumber{1}, "digest of 1"));
    }
    {
        auto writer = IndexWriter::open(folder.path(), 1);
        REQUIRE(writer);
        CHECK((*writer)->marks().front().through == MessageNumber{1});
        CHECK((*writer)->marks().front().mark == "digest of 1");
        auto reader = IndexReader::open(folder.path());
        REQUIRE(reader);
        CHECK((*reader)->marks().front().mark == "digest of 1");
    }
}

TEST_CASE("an index of another shape or damaged is emptied") {
    const test::TemporaryFolder folder;
    {
        auto writer = IndexWriter::open(folder.path(), 2);
        REQUIRE(writer);
        fill(**writer, 1, {"ALPHA", "BETA", "GAMMA"});
    }
    SECTION("more shards") {
        REQUIRE((*IndexWriter::open(folder.path(), 3))->through() == MessageNumber{0});
    }
    SECTION("fewer shards") {
        REQUIRE((*IndexWriter::open(folder.path(), 1))->through() == MessageNumber{0});
    }
    SECTION("a damaged file") {
        std::ofstream(folder.path() / "shard-1" / "terms" / "iamglass") << "damage";
        CHECK_FALSE(IndexReader::open(folder.path()));
        auto writer = IndexWriter::open(folder.path(), 2);
        REQUIRE(writer);
        CHECK((*writer)->through() == MessageNumber{0});
        fill(**writer, 1, {"DELTA"});
        CHECK(found(**IndexReader::open(folder.path()), TextScope::body, "delta") == Numbers{1});
    }
    SECTION("a file cut short") {
        for (const auto* name : {"texts", "columns", "tail-0"}) {
            std::filesystem::resize_file(folder.path() / "shard-1" / name, 5);
            auto writer = IndexWriter::open(folder.path(), 2);
            REQUIRE(writer);
            CHECK((*writer)->through() == MessageNumber{0});
            fill(**writer, 1, {"ALPHA", "BETA", "GAMMA"});
        }
    }
    SECTION("a shard that is gone") {
        std::filesystem::remove_all(folder.path() / "shard-1");
        REQUIRE((*IndexWriter::open(folder.path(), 2))->through() == MessageNumber{0});
    }
    SECTION("an intact one is kept") {
        REQUIRE((*IndexWriter::open(folder.path(), 2))->through() == MessageNumber{3});
    }
}

TEST_CASE("a message of very many words is always a candidate") {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    std::string body;
    for (int i = 0; i < 120'000; ++i) body += fmt::format("W{} ", i);
    fill(**writer, 1, {body, "SMALL"});
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    for (const auto* needle : {"w119999", "w99999 w100000", "w1 ", "w12 w13"}) {
        CHECK(found(**reader, TextScope::body, needle).front() == 1);
    }
    CHECK(found(**reader, TextScope::body, "small") == Numbers{1, 2});
}

TEST_CASE("attachments are a field of their own, their states a column") {
    const test::TemporaryFolder folder;
    const auto writer = IndexWriter::open(folder.path() / "index", 1);
    REQUIRE(writer);
    auto with_attachment = message("BODY");
    with_attachment.attachments = "HARBOUR MASTER\nDEUTSCH\n";
    with_attachment.states = {{"2", text::ExtractStatus::encrypted, "", 1},
                              {"3", text::ExtractStatus::indexed, "", 1}};
    REQUIRE((*writer)->add(MessageNumber{1}, message("HARBOUR")));
    REQUIRE((*writer)->add(MessageNumber{2}, with_attachment));
    REQUIRE((*writer)->commit(0, MessageNumber{2}));
    const auto reader = IndexReader::open(folder.path() / "index");
    REQUIRE(reader);
    CHECK(found(**reader, TextScope::attachment, "arbour mast") == Numbers{2});
    CHECK(found(**reader, TextScope::body, "harbour") == Numbers{1});
    const auto facts = (*reader)->facts(MessageNumber{2});
    REQUIRE(facts);
    CHECK(facts->has(text::ExtractStatus::encrypted));
    CHECK(facts->has(text::ExtractStatus::indexed));
    CHECK_FALSE(facts->has(text::ExtractStatus::failed));
    CHECK((*reader)->facts(MessageNumber{1})->statuses == 0);
    CHECK((*reader)->check(MessageNumber{2}, with_attachment));
    CHECK_FALSE((*reader)->check(MessageNumber{2}, message("BODY")));
}
