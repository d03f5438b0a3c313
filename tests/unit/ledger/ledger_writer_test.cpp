#include "store/ledger/ledger_writer.hpp"

#include <fstream>

#include "store/base/fail_point.hpp"
#include "store/ledger/fail_points.hpp"
#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

std::size_t count(const TestFolder& folder, std::string_view extension) {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.ledger())) {
        if (entry.path().extension() == extension) ++found;
    }
    return found;
}

void overwrite(const std::filesystem::path& path, std::string_view octets) {
    std::ofstream(path, std::ios::trunc | std::ios::binary) << octets;
}

struct Disarm {
    ~Disarm() { static_cast<void>(fail_point::arm("")); }
};

TEST_CASE("what is appended is read back, now and after reopening") {
    const TestFolder folder;
    std::vector<std::string> all;
    for (int round = 0; round < 3; ++round) {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        CHECK(number(writer.next()) == all.size());
        const std::vector<std::string> batch{"message " + std::to_string(round),
                                             std::string(300'000, 'z'), "", "same"};
        REQUIRE(append(writer, folder, batch));
        all.insert(all.end(), batch.begin(), batch.end());
        CHECK(messages_in(folder, writer.next()) == all);
    }
}

TEST_CASE("a full segment is sealed with a checkpoint, and the next goes on with its tree") {
    const TestFolder folder;
    std::vector<std::string> all;
    for (int round = 0; round < 4; ++round) {
        auto writer = take(LedgerWriter::open(options_in(folder, 600)));
        for (int i = 0; i < 5; ++i) {
            all.push_back("message " + std::to_string(all.size()));
            REQUIRE(append(writer, folder, {all.back()}));
        }
    }
    auto writer = take(LedgerWriter::open(options_in(folder, 600)));
    CHECK(messages_in(folder, writer.next()) == all);
    CHECK(count(folder, ".seg") == 1);
    CHECK(count(folder, ".sealed") >= 4);
    CHECK(take(read_checkpoints(folder.ledger())).checkpoints.size() == count(folder, ".sealed"));
    Frontier tree;
    std::uint64_t segment_seen = 0;
    ok(for_each_record(
        folder.ledger(), Sequence{0}, writer.next(), [&](const Visited& visited) -> Status {
            const auto& record = visited.record;
            const auto segment = visited.place.segment;
            if (segment != segment_seen) {
                CHECK(segment == tree.size());
                segment_seen = segment;
                auto reader = take(
                    SegmentReader::open(take(open_segment(folder.ledger(), segment)), segment));
                CHECK(reader.header().before == tree);
            }
            tree.append(leaf_of(record.header, record.body));
            CHECK(visited.tree == tree);
            CHECK(take(position_at(folder.ledger(), Sequence{tree.size()})) == visited.after());
            return {};
        }));
    ok(writer.checkpoint(noon));
    CHECK(take(read_checkpoints(folder.ledger())).checkpoints.back().root == tree.root());
}

TEST_CASE("checkpoints are signed only when something is new") {
    const TestFolder folder;
    auto writer = take(LedgerWriter::open(options_in(folder)));
    CHECK_FALSE(writer.has_unsigned());
    ok(writer.checkpoint(noon));
    CHECK(take(read_checkpoints(folder.ledger())).checkpoints.empty());
    REQUIRE(append(writer, folder, {"a"}));
    CHECK(writer.has_unsigned());
    ok(writer.checkpoint(noon));
    ok(writer.checkpoint(noon));
    CHECK(take(read_checkpoints(folder.ledger())).checkpoints.size() == 1);
}

TEST_CASE("records of a kind from the future are kept, hashed and passed over") {
    const TestFolder folder;
    auto writer = take(LedgerWriter::open(options_in(folder)));
    const std::vector<Draft> drafts{{Kind{4711}, "a body of tomorrow", nullptr}};
    REQUIRE(writer.append(drafts, noon));
    REQUIRE(append(writer, folder, {"a"}));
    writer = take(LedgerWriter::open(options_in(folder)));
    CHECK(writer.next() == Sequence{2});
    std::size_t unknown = 0;
    ok(for_each_record(folder.ledger(), Sequence{0}, Sequence{2},
                       [&](const Visited& visited) -> Status {
                           const auto& record = visited.record;
                           unknown += std::holds_alternative<UnknownKind>(
                               take(decode_body(record.header.kind, record.body)));
                           return {};
                       }));
    CHECK(unknown == 1);
}

TEST_CASE(
    "a failure at any step stores nothing of the commit, and after reopening everything goes on") {
    const QuietLog quiet;
    const Disarm disarm;
    for (const std::string action : {"error", "no_space"}) {
        for (const auto point : fail_points) {
            for (const std::string nth : {"1", "2"}) {
                const TestFolder folder{Kept::in_memory};
                std::vector<std::string> all;
                const auto attempt = [&](LedgerWriter& writer) {
                    const auto next = "message " + std::to_string(all.size());
                    const auto before = writer.next();
                    if (append(writer, folder, {next}))
                        all.push_back(next);
                    else
                        CHECK(writer.next() == before);
                };
                auto writer = take(LedgerWriter::open(options_in(folder, 500)));
                for (int i = 0; i < 4; ++i) attempt(writer);
                ok(fail_point::arm(std::string(point) + ":" + nth + ":" + action));
                for (int i = 0; i < 12; ++i) attempt(writer);
                ok(fail_point::arm(""));
                for (int i = 0; i < 3; ++i) attempt(writer);
                if (point == "file.write" || point.starts_with("ledger")) CHECK(all.size() >= 7);
                CHECK(messages_in(folder, writer.next()) == all);
                // A failed sync leaves it open whether its commit is there; what was told to be
                // stored always is.
                writer = take(LedgerWriter::open(options_in(folder, 500)));
                auto found = messages_in(folder, writer.next());
                REQUIRE(found.size() >= all.size());
                found.resize(all.size());
                CHECK(found == all);
                REQUIRE(append(writer, folder, {"after"}));
            }
        }
    }
}

TEST_CASE("after a failed sync the writer takes nothing more") {
    const Disarm disarm;
    const TestFolder folder;
    auto writer = take(LedgerWriter::open(options_in(folder)));
    ok(fail_point::arm("file.sync:1:error"));
    CHECK_FALSE(append(writer, folder, {"a"}));
    ok(fail_point::arm(""));
    const auto refused = append(writer, folder, {"b"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("until a restart") != std::string::npos);
    CHECK_FALSE(writer.checkpoint(noon));
}

TEST_CASE("a failed sync of a checkpoint or of a new segment's name stops the writer too") {
    const Disarm disarm;
    const QuietLog quiet;
    const TestFolder folder;
    auto writer = take(LedgerWriter::open(options_in(folder)));
    REQUIRE(append(writer, folder, {"a"}));
    ok(fail_point::arm("file.sync:1:error"));
    CHECK_FALSE(writer.checkpoint(noon));
    ok(fail_point::arm(""));
    CHECK_FALSE(writer.checkpoint(noon));
    CHECK_THAT(append(writer, folder, {"b"}).error().text, Catch::Contains("until a restart"));
    CHECK(append(writer = take(LedgerWriter::open(options_in(folder))), folder, {"b"}));
}

// What the kernel may do with pages whose writing failed: it keeps them as if they were clean, so
// that they can be read until they are dropped, and no further sync writes them.
TEST_CASE("a commit whose sync failed counts only once it was written again") {
    const Disarm disarm;
    const QuietLog quiet;
    const TestFolder folder;
    const auto path = segment_path(folder.ledger(), 0, SegmentState::open);
    std::string durable;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one", "two"}));
        durable = take(read_file(path));
        ok(fail_point::arm("file.sync:1:error"));
        CHECK_FALSE(append(writer, folder, {"three", "four"}));
        CHECK(writer.next() == Sequence{2});
        ok(fail_point::arm(""));
        CHECK_FALSE(append(writer, folder, {"five"}));
    }
    const auto whole = take(read_file(path));
    SECTION("it can still be read, and the disk works again") {
        ok(fail_point::arm("ledger.before_rewrite:1:error"));
        CHECK_FALSE(LedgerWriter::open(options_in(folder)));
        ok(fail_point::arm(""));
        auto writer = take(LedgerWriter::open(options_in(folder)));
        CHECK(writer.next() == Sequence{4});
        CHECK(take(read_file(path)) == whole);
        ok(writer.checkpoint(noon));
    }
    SECTION("it can still be read, and the disk fails again") {
        ok(fail_point::arm("file.sync:1:error"));
        CHECK_FALSE(LedgerWriter::open(options_in(folder)));
        ok(fail_point::arm(""));
        CHECK(take(LedgerWriter::open(options_in(folder))).next() == Sequence{4});
    }
    SECTION("its pages were dropped") {
        overwrite(path, durable + std::string(whole.size() - durable.size(), '\0'));
        auto writer = take(LedgerWriter::open(options_in(folder)));
        CHECK(writer.next() == Sequence{2});
        CHECK(take(read_file(path)) == durable);
    }
}

TEST_CASE("what a checkpoint or the catalog proves to be on disk is not written again") {
    const Disarm disarm;
    const TestFolder folder;
    LedgerPosition position;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one"}));
        position = writer.position();
    }
    ok(fail_point::arm("ledger.before_rewrite:1:error"));
    CHECK_FALSE(LedgerWriter::open(options_in(folder)));
    auto known = options_in(folder);
    known.committed = position;
    auto writer = take(LedgerWriter::open(known));
    ok(writer.checkpoint(noon));
    CHECK(LedgerWriter::open(options_in(folder)));
}

TEST_CASE(
    "a reader beside the writer sees every committed record, also while its segment is sealed") {
    const TestFolder folder;
    auto writer = take(LedgerWriter::open(options_in(folder, 600)));
    auto places = take(append(writer, folder, {"first"}));
    auto file = take(open_segment(folder.ledger(), 0));
    OctetsReader octets(folder.ledger(), folder.path());
    for (int i = 0; i < 20; ++i) {
        REQUIRE(append(writer, folder, {std::to_string(i)}));
        const MessageStored first{sha256("first"), 5};
        CHECK(take(octets.read(places[0], first)).view() == "first");
    }
    CHECK(count(folder, ".sealed") > 0);
    CHECK(take(SegmentReader::open(std::move(file), 0)).next());
}

TEST_CASE("a missing record is reported with its place") {
    const TestFolder folder;
    auto writer = take(LedgerWriter::open(options_in(folder)));
    REQUIRE(append(writer, folder, {"a"}));
    const Visit ignore = [](const Visited&) { return Status{}; };
    CHECK(for_each_record(folder.ledger(), Sequence{0}, Sequence{2}, ignore).error().code ==
          Errc::corrupt);
    OctetsReader octets(folder.ledger(), folder.path());
    CHECK(octets.read({0, 41}, {sha256("a"), 1}).error().code == Errc::corrupt);
    CHECK(octets.read({7, 40}, {sha256("a"), 1}).error().code == Errc::not_found);
}

}  // namespace
}  // namespace mailhold::store::ledger
