#include "store/workspaces.hpp"

#include <set>
#include <thread>

#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

using How = Workspaces::FlagChange::How;

const Actor bob{"bob"};

std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Uid> made;
    for (const auto number : numbers) made.push_back(Uid{number});
    return made;
}

Workspaces::Incoming incoming(std::string octets, FlagSet flags = {}) {
    return {Blob(std::move(octets)), {UtcSeconds(std::chrono::seconds(5)), 60}, std::move(flags)};
}

Filed::Message reference(const ArchiveReader& archive, std::uint32_t number) {
    return {take(archive.message(MessageNumber{number})).digest, {}, {"\\Seen"}};
}

// "bob/Matter 1:1(\Seen) 2:2()", UIDs with messages.
std::string shown(const ArchiveReader& archive) {
    std::string text;
    for (const auto& mailbox : take(archive.mailboxes())) {
        if (mailbox.kind != MailboxKind::workspace || mailbox.gone) continue;
        text += fmt::format("{}{}/{}", text.empty() ? "" : "; ", mailbox.owner, mailbox.name);
        const auto snapshot = take(archive.snapshot(mailbox.id));
        for (const auto& entry : snapshot->entries) {
            text += fmt::format(" {}:{}({})", number(entry.uid), number(entry.message),
                                fmt::join(snapshot->flags_of(entry), " "));
        }
        CHECK(snapshot->entries.size() == mailbox.messages);
    }
    return text;
}

// The archive made anew from its ledger is the same, ids, UIDs and mod-sequences included.
std::unique_ptr<Archive> rebuilt(std::unique_ptr<Archive> archive,
                                 const std::filesystem::path& folder) {
    const auto before = dump(*archive);
    const auto mailboxes = take(archive->mailboxes());
    archive.reset();
    ok(rebuild_catalog(folder));
    auto again = take(Archive::open(folder));
    CHECK(dump(*again) == before);
    CHECK(take(again->mailboxes()) == mailboxes);
    CHECK(take(verify(folder)).problems.empty());
    return again;
}

}  // namespace

TEST_CASE("workspaces are made, renamed with what is below them, and deleted") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    Workspaces workspaces(*archive);
    const auto matter = take(workspaces.make({"bob"}, "bob", "Matter", {}));
    take(workspaces.make({"bob"}, "bob", "Matter/1/a", {"\\Drafts"}));
    take(workspaces.make({"bob"}, "bob", "Matters", {}));
    take(workspaces.make({"eve"}, "eve", "Matter", {}));
    CHECK(workspaces.make({"bob"}, "bob", "Matter", {}).error().code == Errc::exists);
    CHECK(workspaces.rename({"bob"}, "bob", "Matter", "Matters").error().code == Errc::exists);
    CHECK(workspaces.rename({"bob"}, "bob", "Nothing", "Else").error().code == Errc::not_found);
    ok(workspaces.rename({"bob"}, "bob", "Matter", "Case"));
    CHECK(shown(*archive) == "bob/Case; bob/Case/1/a; bob/Matters; eve/Matter");
    ok(workspaces.remove(bob, matter));
    CHECK(workspaces.remove(bob, matter).error().code == Errc::not_found);
    const auto again = take(workspaces.make({"bob"}, "bob", "Case", {}));
    CHECK(again != matter);
    archive = rebuilt(std::move(archive), folder.path());
    CHECK(shown(*archive) == "bob/Case/1/a; bob/Matters; eve/Matter; bob/Case");
    std::set<UidValidity> uidvalidities;
    for (const auto& mailbox : take(archive->mailboxes()))
        uidvalidities.insert(mailbox.uidvalidity);
    CHECK(uidvalidities.size() == 5);
}

TEST_CASE("what is filed in a workspace is a reference, and expunging it removes no message") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    ok(archive->ingest({arrival(inbox, 1, mail(1)), arrival(inbox, 2, mail(2))}));
    Workspaces workspaces(*archive);
    const auto one = take(workspaces.make({"bob"}, "bob", "One", {}));
    const auto two = take(workspaces.make({"bob"}, "bob", "Two", {}));

    const auto stood =
        take(workspaces.copy(bob, one, {reference(*archive, 2), reference(*archive, 2)}));
    CHECK(stood.first == Uid{1});
    CHECK(take(workspaces.append(bob, one, {incoming(mail(3), {"\\Draft"}), incoming(mail(1))}))
              .first == Uid{3});
    CHECK(take(archive->totals()).messages == 3);  // mail(1) was there
    CHECK(shown(*archive) == "bob/One 1:2(\\Seen) 2:2(\\Seen) 3:3(\\Draft) 4:1(); bob/Two");

    CHECK(take(workspaces.flag(bob, one, uids({1, 3, 9}), {How::add, {"\\Deleted", "x"}, {}}))
              .empty());
    CHECK(take(workspaces.flag(bob, one, uids({1}), {How::remove, {"\\Seen"}, {}})).empty());
    const auto modseq = take(archive->snapshot(one))->entries.front().modseq;
    CHECK(take(workspaces.flag(bob, one, uids({1, 2}),
                               {How::replace, {"y"}, ModSeq{number(modseq) - 1}})) == uids({1}));
    CHECK(shown(*archive) ==
          "bob/One 1:2(\\Deleted x) 2:2(y) 3:3(\\Deleted \\Draft x) 4:1(); bob/Two");

    const auto moved = take(workspaces.move(
        bob, one, two, {{Uid{2}, reference(*archive, 2)}, {Uid{7}, reference(*archive, 1)}}));
    CHECK(moved.sources == uids({2}));
    ok(workspaces.expunge(bob, one, uids({1, 4, 8})));
    CHECK(shown(*archive) == "bob/One 3:3(\\Deleted \\Draft x) 4:1(); bob/Two 1:2(\\Seen)");
    CHECK(take(archive->expunged(one, ModSeq{})) == uids({1, 2}));
    CHECK(take(archive->totals()).messages == 3);
    // UIDs are not given twice.
    CHECK(take(workspaces.copy(bob, one, {reference(*archive, 1)})).first == Uid{5});

    ok(workspaces.remove(bob, two));
    CHECK(workspaces.copy(bob, two, {reference(*archive, 1)}).error().code == Errc::not_found);
    CHECK(workspaces.append(bob, two, {incoming(mail(4))}).error().code == Errc::not_found);
    CHECK(take(archive->totals()).messages == 3);  // refused, and nothing stored
    rebuilt(std::move(archive), folder.path());
}

TEST_CASE("concurrent appends to one workspace each get UIDs of their own") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    Workspaces workspaces(*archive);
    const auto one = take(workspaces.make({"bob"}, "bob", "One", {}));
    constexpr std::uint32_t threads = 4, appends = 20;
    std::vector<std::jthread> all;
    for (std::uint32_t thread = 0; thread < threads; ++thread) {
        all.emplace_back([&, thread] {
            for (std::uint32_t i = 0; i < appends; ++i) {
                const auto text = mail(thread * 1000 + i);
                const auto stood = workspaces.append(bob, one, {incoming(text)});
                if (!stood) throw std::runtime_error(stood.error().text);
                const auto snapshot = take(archive->snapshot(one));
                const auto entry = std::ranges::find(snapshot->entries, stood->first, &Entry::uid);
                if (entry == snapshot->entries.end() ||
                    take(archive->octets(entry->message)).view() != text)
                    throw std::runtime_error("another message stands there");
            }
        });
    }
    all.clear();
    CHECK(take(archive->snapshot(one))->entries.size() == threads * appends);
    rebuilt(std::move(archive), folder.path());
}

TEST_CASE("every mailbox is subscribed until a user says otherwise") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    Workspaces workspaces(*archive);
    ok(workspaces.subscribe("bob", "INBOX", false));
    ok(workspaces.subscribe("bob", "Work", false));
    ok(workspaces.subscribe("bob", "Work", true));
    CHECK(take(archive->unsubscribed("bob")) == std::vector<std::string>{"INBOX"});
    CHECK(take(archive->unsubscribed("eve")).empty());
    rebuilt(std::move(archive), folder.path());
}

TEST_CASE("personal flags survive a rebuild, and change nothing of what others see") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    ok(archive->ingest({arrival(inbox, 1, mail(1), {"\\Seen"}), arrival(inbox, 2, mail(2))}));
    Workspaces workspaces(*archive);
    const auto mailboxes = take(archive->mailboxes());
    const auto mirrored = std::ranges::find(mailboxes, MailboxKind::mirrored, &Mailbox::kind)->id;
    const auto before = dump(*archive);
    take(workspaces.flag(bob, mirrored, uids({1, 2}), {How::replace, {"mine"}, {}}));
    CHECK(dump(*archive) == before);
    CHECK(take(archive->mailboxes()) == mailboxes);
    for (int round = 0; round < 2; ++round) {
        const auto personal = take(archive->personal_flags("bob", mirrored));
        REQUIRE(personal.messages.size() == 2);
        CHECK(personal.messages[1].uid == Uid{2});
        CHECK(personal.flag_sets.at(personal.messages[1].flags) == FlagSet{"mine"});
        CHECK(take(archive->personal_flags("bob", ever_seen_of(mirrored))).messages.size() == 2);
        CHECK(take(archive->personal_flags("eve", mirrored)).messages.empty());
        const auto counts = take(archive->personal_counts("bob"));
        CHECK(counts.at(mirrored).unseen == 1);
        CHECK(counts.at(ever_seen_of(mirrored)).unseen == 1);
        archive = rebuilt(std::move(archive), folder.path());
    }
}

}  // namespace mailhold::store
