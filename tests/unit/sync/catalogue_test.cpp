// The catalogue of resynchronisation: what an origin may do between two passes, or during one. Each
// script runs against an origin without extensions, with CONDSTORE and with QRESYNC, and again with
// the connection cut in the middle of each thing the origin says.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <iostream>
#include <set>
#include <sstream>

#include "imap/sync/comparison.hpp"
#include "imap/wire/encode.hpp"
#include "tests/unit/sync/script.hpp"
#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

struct Script {
    std::string name;
    std::string events;
    std::string lost = {};        // added, and gone before it could be archived
    std::size_t reused = 0;       // of those lost: their UIDs were given to others
    std::size_t quarantined = 0;  // in the end
    // Octets sent by an origin without extensions, in messages, where nothing is cut; the cost.
    std::size_t bodies = 0;
};

const Script catalogue[] = {
    {.name = "nothing new", .events = "add INBOX a b; sync; sync; sync", .bodies = 2},
    {.name = "new mail, expunges and changed flags",
     .events = "add INBOX a b c d e; add Work b; sync\n"
               "expunge INBOX 2; add INBOX f; flag INBOX 1 \\Seen work; sync\n"
               "flag INBOX 1; flag INBOX 6 \\Flagged; sync\n"
               "expunge INBOX 1 6; sync",
     .bodies = 7},
    {.name = "the same bytes twice, expunged once, and moved to another mailbox",
     .events = "add INBOX a a b; sync; expunge INBOX 1; sync\n"
               "expunge INBOX 3; add Work b; sync",
     .bodies = 4},
    {.name = "many messages: the newest expunged, then some in the middle",
     .events = "fill INBOX 40 m; sync\n"
               "expunge INBOX 40 39 38 37 36 35 34 33 32 31 30 29 28 27 26 25 24 23 22; sync\n"
               "expunge INBOX 3 5; add INBOX n; flag INBOX 2 \\Seen; sync",
     .bodies = 41},
    {.name =
         "many messages: flags and expunges far below the newest, told with new mail or unasked",
     .events = "fill INBOX 40 m; sync; flag INBOX 2 \\Seen; add INBOX n; sync\n"
               "chatter on; flag INBOX 3 x; expunge INBOX 5; sync\n"
               "add INBOX o; while fetching: flag INBOX 4 \\Seen; expunge INBOX 6\nsync\n"
               "clear INBOX; sync",
     .bodies = 42},
    {.name = "a mailbox that is emptied, and filled again",
     .events = "add INBOX a b; sync; clear INBOX; sync; add INBOX a c; sync",
     .bodies = 4},
    {.name = "UIDNEXT is not shown",
     .events = "add INBOX a b c; uidnext INBOX 0; sync\n"
               "add INBOX d; expunge INBOX 1; sync; sync; clear INBOX; sync; add INBOX e; sync",
     .bodies = 5},
    {.name = "UIDNEXT is always too low",
     .events = "add INBOX a b c; uidnext INBOX 1; sync; sync\n"
               "add INBOX d; expunge INBOX 1; sync; sync",
     .bodies = 4},
    {.name = "UIDNEXT comes and goes",
     .events = "add INBOX a b c; sync; uidnext INBOX 0; add INBOX d; sync\n"
               "uidnext INBOX 6; add INBOX e; sync; uidnext INBOX 0; expunge INBOX 5; sync",
     .bodies = 5},
    {.name = "UIDs out of order",
     .events = "reversed on; add INBOX a b c d; sync; expunge INBOX 2; add INBOX e f; sync",
     .bodies = 6},
    {.name = "EXISTS that shrinks while the mailbox is looked at",
     .events = "add INBOX a b c d e; while fetching: expunge INBOX 2 4\nsync; add INBOX f\n"
               "while fetching: expunge INBOX 1\nsync",
     .lost = "b d",
     .bodies = 4},
    {.name = "mail that comes while the mailbox is looked at",
     .events = "add INBOX a b; while fetching: add INBOX c; flag INBOX 1 \\Seen\nsync",
     .bodies = 3},
    {.name = "a mailbox is deleted",
     .events = "add Work a b; sync; delete Work; sync",
     .bodies = 2},
    {.name = "a mailbox is renamed",
     .events = "add Work a b; sync; rename Work Play; sync; add Play c; sync",
     .bodies = 5},
    {.name = "two mailboxes change places",
     .events = "add Work a b; add Play c d; uidvalidity Play 5; sync\n"
               "rename Work x; rename Play Work; rename x Play; sync",
     .bodies = 8},
    {.name = "a mailbox is created again with the same name",
     .events = "add Work a b; sync; delete Work; add Work c d; uidvalidity Work 2; sync",
     .bodies = 4},
    {.name = "a mailbox is created again with the same name and UIDVALIDITY",
     .events = "add Work a bb ccc; sync; delete Work; add Work dddd eeeee ccc f; sync",
     .bodies = 6},
    {.name = "a mailbox goes, and comes back as it was",
     .events = "add Work a b; backup Work; sync; delete Work; sync; restore Work; sync",
     .bodies = 2},
    {.name = "another UIDVALIDITY, with the same messages",
     .events = "add INBOX a b c; flag INBOX 2 \\Seen; sync; uidvalidity INBOX 2; sync; sync",
     .bodies = 6},
    {.name = "another UIDVALIDITY, with some of the messages",
     .events = "add INBOX a b c; sync; uidvalidity INBOX 2; expunge INBOX 101; add INBOX d; sync",
     .bodies = 6},
    {.name = "another UIDVALIDITY, with none of the messages",
     .events = "add INBOX a b; sync; clear INBOX; add INBOX c d; uidvalidity INBOX 2; sync",
     .bodies = 4},
    {.name = "another UIDVALIDITY, and the old one again",
     .events = "add INBOX a b; backup INBOX; sync; uidvalidity INBOX 2; add INBOX c; sync\n"
               "restore INBOX; sync",
     .bodies = 7},
    {.name = "restored from a backup",
     .events = "add INBOX a b; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; sync; add INBOX eee ffff; sync",
     .bodies = 8},
    {.name = "restored, and other messages under the UIDs already, with less of them",
     .events = "add INBOX a b; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; add INBOX eee; sync; sync",
     .bodies = 7},
    {.name = "restored, and grown to the same UIDNEXT",
     .events = "add INBOX a b; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; add INBOX eee ffff; flag INBOX 1 x; sync; sync",
     .bodies = 6},
    {.name = "restored, and grown beyond",
     .events = "fill INBOX 20 m; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; add INBOX eee ffff ggggg; sync; sync",
     .bodies = 25},
    {.name = "restored, grown beyond, and the newest expunged again",
     .events = "fill INBOX 30 m; backup INBOX; fill INBOX 18 n; sync\n"
               "restore INBOX; fill INBOX 20 other; expunge INBOX 33 34 35 36 37 38 39 40 41 42 43 "
               "44 45 46 47 48; sync",
     .bodies = 52},
    {.name = "restored, and other messages of the same size and date",
     .events = "add INBOX a b; backup INBOX; add INBOX c d e; sync\n"
               "restore INBOX; add INBOX C D; sync; sync",
     .bodies = 9},
    {.name = "restored, and a reused UID that cannot be fetched",
     .events = "add INBOX a b; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; add INBOX eee ffff; flag INBOX 1 x; refuse 3; sync; sync",
     .quarantined = 1,
     .bodies = 5},
    {.name = "a reconciliation where nothing differs, and of what is new",
     .events = "add INBOX a b; add Work c; reconcile; reconcile\n"
               "add INBOX d; expunge Work 1; flag INBOX 1 \\Seen; reconcile; sync",
     .bodies = 4},
    {.name = "restored, and grown to the very same counters: a reconciliation sees it",
     .events = "add INBOX a b; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; add INBOX eee ffff; reconcile; sync",
     .bodies = 6},
    {.name = "restored and grown so, one of the same size and date as the one before",
     .events = "add INBOX a b; backup INBOX; add INBOX c dd; sync\n"
               "restore INBOX; add INBOX eee ff; reconcile",
     .bodies = 6},
    {.name = "one back and one gone under the very same counters: a reconciliation sees it",
     .events = "add INBOX a b; backup INBOX; expunge INBOX 2; add INBOX c; sync\n"
               "restore INBOX; uidnext INBOX 4; modseq INBOX 5; reconcile",
     .bodies = 3},
    {.name = "a reconciliation of what is refused, unread, or changes meanwhile",
     .events = "add INBOX a b c; refuse 2; reconcile; add INBOX d; garble 1; chatter on\n"
               "while fetching: expunge INBOX 1; add INBOX e\nreconcile; reconcile",
     .quarantined = 1,
     .bodies = 4},
    {.name = "HIGHESTMODSEQ goes back",
     .events = "add INBOX a b; flag INBOX 1 \\Seen; flag INBOX 2 x; sync\n"
               "modseq INBOX 1; flag INBOX 1 \\Flagged; sync; flag INBOX 2; sync",
     .bodies = 2},
    {.name = "NOMODSEQ, from some day on and no longer",
     .events = "add INBOX a b c; sync; nomodseq INBOX on; flag INBOX 1 \\Seen; sync\n"
               "flag INBOX 2 \\Seen; nomodseq INBOX off; sync; flag INBOX 3 \\Seen; sync",
     .bodies = 3},
    {.name = "CONDSTORE and QRESYNC are learnt",
     .events = "add INBOX a b c; sync; flag INBOX 1 \\Seen\n"
               "capabilities CONDSTORE ENABLE QRESYNC; sync; flag INBOX 2 x; expunge INBOX 3; sync",
     .bodies = 3},
    {.name = "a VANISHED that was not sent",
     .events = "add INBOX a b c d; forgetful on; sync; expunge INBOX 2; add INBOX e; sync",
     .bodies = 5},
    {.name = "answers that cannot be read",
     .events = "add INBOX a b c; sync; flag INBOX 2 \\Seen; add INBOX d; garble 1; sync\n"
               "flag INBOX 3 \\Seen; garble 2; sync",
     .bodies = 4},
    {.name = "a message whose FETCH fails for ever",
     .events = "add INBOX a b c; refuse 2; sync; add INBOX d; sync; sync",
     .quarantined = 1,
     .bodies = 3},
    {.name = "a message whose FETCH fails for some time",
     .events = "add INBOX a b c; nil 2; refuse 3; sync; add INBOX d; heal; sync",
     .bodies = 4},
    {.name = "a message that never came, and is expunged",
     .events = "add INBOX a b c; refuse 2; sync; expunge INBOX 2; sync",
     .lost = "b",
     .bodies = 2},
    {.name = "a UID that was in quarantine is given to another message",
     .events = "add INBOX a; backup INBOX; add INBOX b; refuse 2; sync\n"
               "restore INBOX; sync; add INBOX c; heal; sync",
     .lost = "b",
     .reused = 1,
     .bodies = 3},
    {.name = "FETCH answers that were not asked for",
     .events = "add INBOX a b c; chatter on; sync; add INBOX d; expunge INBOX 1; sync",
     .bodies = 4},
    {.name = "answers that are too short, empty, or of a wrong size",
     .events = "add INBOX a bbbb cccc; short 2; size INBOX 3 9; sync\n"
               "empty 4; add INBOX d; sync; heal; sync",
     .bodies = 9},
    {.name = "Gmail: what All Mail holds is had from there, and labels change",
     .events = "capabilities CONDSTORE X-GM-EXT-1; attributes All \\All; attributes Trash \\Trash\n"
               "add All a b c; add INBOX b a; add Work c; add Trash d; label All 1 \\Inbox\n"
               "sync; label All 2 x y; add INBOX e; add All e; expunge INBOX 1; sync\n"
               "expunge All 3; expunge Work 1; add Trash c; sync",
     .bodies = 5},
    {.name = "Gmail: All Mail is hidden, and shown later",
     .events = "capabilities X-GM-EXT-1; add INBOX a b; add Work b c; label Work 1 x; sync\n"
               "add All a b c d; attributes All \\All; label All 4 y; sync; reconcile",
     .bodies = 4},
    {.name = "no INTERNALDATE, for some time",
     .events = "dates off; add INBOX a b; sync; dates on; add INBOX c; sync; sync",
     .bodies = 5},
};

constexpr std::string_view extensions[] = {"", " CONDSTORE ENABLE", " CONDSTORE ENABLE QRESYNC",
                                           " ENABLE UIDONLY", " CONDSTORE X-GM-EXT-1 SAVEDATE"};

std::set<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    std::set<std::string> words;
    for (std::string word; in >> word;) words.insert(word);
    return words;
}

// One run of one script.
class Run {
  public:
    Run(World& world, const Script& script, std::string_view with)
        : world_(world), script_(script) {
        world_.fresh();
        world_.origin.with([&](OriginState& state) {
            state = {};
            state.capabilities += with;
            state.mailboxes["INBOX"];
        });
    }
    // Cuts what the origin says at the `cut`-th write, 0 for never; false if it said less.
    bool to_the_end(std::size_t cut) {
        world_.origin.with([&](OriginState& state) { state.cut_at = cut; });
        for (const auto& event : events_of(script_.events)) {
            if (event == "sync")
                sync(Task::pass);
            else if (event == "reconcile")
                sync(Task::reconciliation);
            else
                world_.origin.with([&](OriginState& state) { happen(state, backups_, event); });
        }
        bool was_cut = false;
        world_.origin.with([&](OriginState& state) { was_cut = state.writes >= cut; });
        check_everything_is_kept();
        // Whatever was shown and went before it could be had is on record as lost.
        if (cut == 0) CHECK(lost() + script_.reused == words_of(script_.lost).size());
        return was_cut;
    }
    std::size_t bodies() {
        std::size_t bodies = 0;
        world_.origin.with([&](OriginState& state) { bodies = state.bodies; });
        return bodies;
    }

  private:
    std::size_t lost() {
        std::size_t lost = 0;
        const auto accounts = world_.archive->completeness()->generations;
        for (const auto& account : accounts) lost += account.lost;
        return lost;
    }
    void sync(Task task) {
        std::vector<std::string> failures;
        for (int attempt = 0; attempt < 3; ++attempt) {
            const auto status = world_.run({}, task);
            if (status) break;
            failures.push_back(status.error().text);
        }
        CAPTURE(failures);
        CHECK(failures.size() < 2);  // there is one cut
        check_level();
        if (task == Task::reconciliation) check_report();
    }

    // All that differed is mended.
    void check_report() {
        const auto report = (*world_.archive->balances()).at(0).reconciled.value();
        CHECK(report.problem.empty());
        CHECK(report.unaccounted == 0);
        CHECK(report.repaired == report.missing + report.replaced + report.gone);
        world_.origin.with([&](OriginState& state) {
            std::size_t messages = 0;
            for (const auto& [name, box] : state.mailboxes) messages += box.messages.size();
            CHECK(report.shown == messages);
            CHECK(report.mailboxes == state.mailboxes.size());
        });
    }
    // What stands at the origin, but for what it refuses, stands here, with its flags.
    void check_level() {
        std::map<std::string, std::multiset<std::string>> there;
        world_.origin.with([&](OriginState& state) {
            for (const auto& [name, box] : state.mailboxes) {
                auto& messages = there[name];
                for (const auto& [uid, message] : box.messages) {
                    added_.insert(message.octets);
                    if (state.refused.contains(uid) || state.nil.contains(uid) ||
                        state.empty.contains(uid))
                        continue;
                    messages.insert(fmt::format("{} {}", message.octets,
                                                wire::flag_list_text(normal_flags(message.flags))));
                }
            }
            CHECK(state.changes.empty());
        });
        std::map<std::string, std::multiset<std::string>> here;
        const auto mailboxes = *world_.archive->mailboxes();
        for (const auto& one : mailboxes) {
            if (one.kind != store::MailboxKind::mirrored || one.gone) continue;
            const auto snapshot = *world_.archive->snapshot(one.id);
            auto& messages = here[one.origin_name];
            for (const auto& entry : snapshot->entries) {
                messages.insert(fmt::format("{} {}", world_.archive->octets(entry.message)->view(),
                                            wire::flag_list_text(snapshot->flags_of(entry))));
            }
        }
        CHECK(here == there);
        CHECK(world_.report.unaccounted == 0);
        CHECK(world_.archive->totals()->awaited == 0);
    }

    void check_everything_is_kept() {
        std::set<std::string> kept;
        const auto messages = *world_.archive->messages(MessageNumber{1}, 1'000);
        for (const auto& message : messages)
            kept.insert(std::string(world_.archive->octets(message)->view()));
        auto wanted = added_;
        for (const auto& word : words_of(script_.lost)) wanted.erase(word), kept.erase(word);
        if (script_.quarantined == 0) {
            CHECK(kept == wanted);
        } else {
            CHECK(kept.size() + script_.quarantined == wanted.size());
        }
        CHECK(world_.archive->totals()->quarantined == script_.quarantined);
        CHECK(store::verify(world_.folder)->problems.empty());
    }

    World& world_;
    const Script& script_;
    Backups backups_;
    std::set<std::string> added_;
};

}  // namespace

TEST_CASE("catalogue: an origin does what it likes, and the mirror is level with it") {
    World world;
    for (const auto& script : catalogue) {
        for (const auto& with : extensions) {
            CAPTURE(script.name, with);
            Run run(world, script, with);
            run.to_the_end(0);
            if (with.empty()) CHECK(run.bodies() == script.bodies);
        }
    }
}

namespace {

// In the middle of each thing the origin says, one after another.
void cut_everywhere(std::string_view with) {
    World world;
    std::size_t cuts = 0;
    for (const auto& script : catalogue) {
        for (std::size_t cut = 1;; ++cut) {
            CAPTURE(script.name, with, cut);
            if (!Run(world, script, with).to_the_end(cut)) break;
            ++cuts;
        }
    }
    std::cout << fmt::format("catalogue: {} scripts, {} steps failed\n", std::size(catalogue),
                             cuts);
}

}  // namespace

// Hidden, for they take their time: CTest runs each by its tag.
TEST_CASE("catalogue: the line is cut anywhere, without extensions", "[.][plain]") {
    cut_everywhere(extensions[0]);
}

TEST_CASE("catalogue: the line is cut anywhere, with CONDSTORE", "[.][condstore]") {
    cut_everywhere(extensions[1]);
}

TEST_CASE("catalogue: the line is cut anywhere, with QRESYNC", "[.][qresync]") {
    cut_everywhere(extensions[2]);
}

}  // namespace mailhold::imap::sync
