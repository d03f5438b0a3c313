// Large messages come in slices, so that a line that is cut costs one slice and not the message.
#include <fmt/format.h>

#include "imap/sync/fetch_queue.hpp"
#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr auto slice = FetchQueue::slice_size;
constexpr std::size_t size = FetchQueue::large_from + slice / 2;

std::string large(char filling) {
    std::string octets = "Subject: large\r\n\r\n";
    while (octets.size() < size) octets += fmt::format("{} {}\r\n", octets.size(), filling);
    octets.resize(size);
    return octets;
}

// One mirror, whose first pass was cut before any size was known, so that the next one lists them.
struct Cut {
    World world;
    std::unique_ptr<Mirror> mirror;

    Cut() {
        world.origin.with([](OriginState& state) {
            auto& inbox = state.mailboxes["INBOX"];
            inbox.add("before");
            inbox.add(large('a'));
            inbox.add("after");
            state.poison = {2};
        });
        mirror = std::make_unique<Mirror>(world.runtime, world.pool, *world.archive,
                                          world.origin.account());
        CHECK(mirror->run_once().error().code == Errc::network);
        arrange([](OriginState& state) { state.poison.clear(); });
    }
    void arrange(const std::function<void(OriginState&)>& action) { world.origin.with(action); }
    std::size_t octets_of_a_run() {
        std::size_t before = 0, after = 0;
        arrange([&](OriginState& state) { before = state.octets_sent; });
        CHECK(mirror->run_once());
        arrange([&](OriginState& state) { after = state.octets_sent; });
        return after - before;
    }
};

}  // namespace

TEST_CASE("a large message whose line is cut goes on with the slice that is missing") {
    Cut cut;
    cut.arrange([](OriginState& state) { state.slices_until_cut = 3; });
    CHECK(cut.mirror->run_once().error().code == Errc::network);
    CHECK(cut.octets_of_a_run() < size - 3 * slice + 100);
    cut.world.check_level();
    CHECK(cut.world.archive->totals()->quarantined == 0);
    CHECK(cut.octets_of_a_run() == 0);
}

TEST_CASE("what is here of a large message counts for no other one, longer or of another date") {
    Cut cut;
    cut.arrange([](OriginState& state) { state.slices_until_cut = 2; });
    CHECK(cut.mirror->run_once().error().code == Errc::network);
    const bool longer = GENERATE(true, false);
    cut.arrange([longer](OriginState& state) {
        state.mailboxes["INBOX"].messages[2].octets = large('b') + (longer ? "and longer" : "");
        if (!longer) state.later = std::chrono::seconds(1);
    });
    CHECK(cut.octets_of_a_run() > size);
    cut.world.check_level();
}

TEST_CASE("a server that has no slices to give is asked for the whole message") {
    Cut cut;
    cut.arrange([](OriginState& state) { state.no_slices = true; });
    CHECK(cut.octets_of_a_run() > size);
    cut.world.check_level();
    CHECK(cut.world.archive->totals()->quarantined == 0);
}

TEST_CASE("a large message that is longer than the server says comes whole, once") {
    const auto said =
        GENERATE(as<std::size_t>{}, FetchQueue::large_from, FetchQueue::large_from + 7, size);
    CAPTURE(said);
    Cut cut;
    cut.arrange(
        [said](OriginState& state) { state.mailboxes["INBOX"].messages[2].said_size = said; });
    CHECK(cut.octets_of_a_run() < size + 100);
    cut.world.check_level();
    // Also where it ends with a slice.
    cut.arrange([said](OriginState& state) {
        state.mailboxes["INBOX"].add(large('b').substr(0, FetchQueue::large_from + slice));
        state.mailboxes["INBOX"].messages[4].said_size = said;
    });
    CHECK(cut.mirror->run_once());
    cut.world.check_level();
}

TEST_CASE("a large message that brings nothing and ends the connection is set aside") {
    Cut cut;
    cut.arrange([](OriginState& state) { state.poison = {2}; });
    CHECK(cut.mirror->run_once().error().code == Errc::network);
    CHECK(cut.octets_of_a_run() < 100);
    CHECK(cut.world.archive->totals()->quarantined == 1);
    CHECK(cut.world.archive->totals()->sightings == 2);
}

}  // namespace mailhold::imap::sync
