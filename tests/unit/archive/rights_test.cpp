// Rights in workspaces: as lists grant them, and as each operation asks for them.
#include "store/rights.hpp"

#include "store/workspaces.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

using How = Workspaces::FlagChange::How;
using Give = Workspaces::Grant::How;

const Actor bob{"bob"}, eve{"eve", {"team"}}, zoe{"zoe"};

Workspaces::Incoming incoming(std::string octets, FlagSet flags = {}) {
    return {Blob(std::move(octets)), {}, std::move(flags)};
}

std::string flags_of(const Archive& archive, MailboxId mailbox, std::size_t entry) {
    const auto snapshot = take(archive.snapshot(mailbox));
    return fmt::to_string(fmt::join(snapshot->flags_of(snapshot->entries.at(entry)), " "));
}

Errc refused(const auto& result) {
    REQUIRE_FALSE(result);
    return result.error().code;
}

}  // namespace

TEST_CASE("rights add up over what names a user, and negative ones are taken away (RFC 4314 2)") {
    const Acl acl{{"anyone", "l"}, {"eve", "rs"}, {"$team", "wi"}, {"-$team", "sx"}, {"-zoe", "l"}};
    CHECK(rights_of(acl, eve) == "lrwi");
    CHECK(rights_of(acl, zoe).empty());
    CHECK(rights_of(acl, {"else"}) == "l");
    CHECK(rights_of(acl, {"$team"}) == "l");  // a user's name is no group
    Mailbox workspace;
    workspace.owner = "bob";
    workspace.acl = {{"-bob", "lrs"}, {"-anyone", "a"}};
    CHECK(rights_of(workspace, bob) == all_rights);
}

TEST_CASE("letters of rights, with those of RFC 2086 (RFC 4314 2.1.1)") {
    CHECK(rights_named("lrswida") == "lrswitea");
    CHECK(rights_named("ca") == "kxa");
    CHECK(rights_named("aarl") == "lra");
    CHECK(rights_named("") == "");
    CHECK_FALSE(rights_named("lrQ"));
    CHECK_FALSE(rights_named("q"));
    CHECK_FALSE(is_identifier(""));
    CHECK_FALSE(is_identifier("-"));
    CHECK_FALSE(is_identifier("--x"));
    CHECK_FALSE(is_identifier("a\nb"));
    CHECK(is_identifier("-$team"));
}

TEST_CASE("each operation asks for its right, at the moment when it is decided") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    Workspaces workspaces(*archive);
    const auto shared = take(workspaces.make(bob, "bob", "Shared", {}));
    const auto own = take(workspaces.make(eve, "eve", "Own", {}));
    take(workspaces.append(bob, shared, {incoming(mail(1), {"\\Seen"})}));
    const auto digest = take(archive->message(MessageNumber{1})).digest;
    const auto give = [&](const std::string& rights) {
        ok(workspaces.grant(bob, shared, "$team", {Give::replace, rights}));
    };
    const std::vector<Uid> first{Uid{1}};
    const Filed::Message copy{digest, {}, {"\\Deleted", "\\Seen", "x"}};

    CHECK(refused(workspaces.grant(eve, shared, "eve", {Give::replace, "lr"})) == Errc::denied);
    CHECK(refused(workspaces.append(eve, shared, {incoming(mail(2))})) == Errc::denied);
    CHECK(refused(workspaces.flag(eve, shared, first, {How::add, {"x"}, {}})) == Errc::denied);
    CHECK(refused(workspaces.expunge(eve, shared, first)) == Errc::denied);
    CHECK(refused(workspaces.remove(eve, shared)) == Errc::denied);
    CHECK(refused(workspaces.make(eve, "bob", "Shared/Sub", {})) == Errc::denied);
    CHECK(refused(workspaces.make(eve, "bob", "Else", {})) == Errc::denied);
    CHECK(refused(workspaces.rename(eve, "bob", "Shared", "Other")) == Errc::denied);

    // RFC 4314 4: flags that he may not set are left out, and the copy is made.
    give("lrsi");
    take(workspaces.copy(eve, shared, {copy}));
    CHECK(flags_of(*archive, shared, 1) == "\\Seen");
    CHECK(refused(workspaces.move(eve, shared, own, {{Uid{1}, copy}})) == Errc::denied);
    give("lrwt");
    CHECK(refused(workspaces.copy(eve, shared, {copy})) == Errc::denied);
    // One that he may change is enough.
    CHECK(refused(workspaces.flag(eve, shared, first, {How::remove, {"\\Seen"}, {}})) ==
          Errc::denied);
    take(workspaces.flag(eve, shared, first, {How::replace, {"x", "\\Deleted"}, {}}));
    CHECK(flags_of(*archive, shared, 0) == "\\Deleted \\Seen x");
    take(workspaces.flag(eve, shared, first, {How::replace, {}, {}}));
    CHECK(flags_of(*archive, shared, 0) == "\\Seen");
    give("lrte");
    CHECK(take(workspaces.move(eve, shared, own, {{Uid{1}, copy}})).sources == first);
    give("lrkx");
    const auto sub = take(workspaces.make(eve, "bob", "Shared/Sub", {}));
    ok(workspaces.rename(eve, "bob", "Shared/Sub", "Shared/New"));
    CHECK(refused(workspaces.rename(eve, "bob", "Shared/New", "New")) == Errc::denied);
    give("");
    // What it took over is its own from then on.
    ok(workspaces.remove(eve, sub));
    CHECK(refused(workspaces.remove(eve, shared)) == Errc::denied);
    CHECK(refused(workspaces.grant(bob, shared, "bob", {Give::replace, ""})) == Errc::invalid);
    CHECK(refused(workspaces.grant(bob, shared, "-bob", {Give::replace, "l"})) == Errc::invalid);
}

TEST_CASE(
    "grants are facts: rebuilt from the ledger they are the same, and gone with the workspace") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    Workspaces workspaces(*archive);
    const auto one = take(workspaces.make(bob, "bob", "One", {}));
    const auto two = take(workspaces.make(bob, "bob", "Two", {}));
    ok(workspaces.grant(bob, one, "eve", {Give::replace, "lr"}));
    ok(workspaces.grant(bob, one, "eve", {Give::add, "sa"}));
    ok(workspaces.grant(bob, one, "eve", {Give::remove, "r"}));
    ok(workspaces.grant(eve, one, "-zoe", {Give::replace, "l"}));
    ok(workspaces.grant(bob, two, "eve", {Give::replace, "lr"}));
    ok(workspaces.remove(bob, two));
    const auto acls = [&] {
        std::vector<Acl> all;
        for (const auto& mailbox : take(archive->mailboxes())) all.push_back(mailbox.acl);
        return all;
    };
    const auto before = acls();
    CHECK(before == std::vector<Acl>{{{"-zoe", "l"}, {"eve", "lsa"}}, {}});
    const auto records = take(archive->totals()).applied;
    ok(workspaces.grant(bob, one, "eve", {Give::add, "l"}));  // no news
    CHECK(take(archive->totals()).applied == records);
    archive.reset();
    ok(rebuild_catalog(folder.path()));
    verified(folder.path());
    archive = take(Archive::open(folder.path()));
    CHECK(acls() == before);
}

TEST_CASE("notes about mailboxes are a user's own, or for all of a workspace (RFC 5464)") {
    const TestFolder folder;
    auto archive = take(Archive::open(folder.path()));
    ok(archive->ingest({arrival(inbox, 1, mail(1))}));
    Workspaces workspaces(*archive);
    const auto work = take(workspaces.make(bob, "bob", "Work", {}));
    MailboxId mirrored{};
    for (const auto& mailbox : take(archive->mailboxes()))
        if (mailbox.kind == MailboxKind::mirrored) mirrored = mailbox.id;
    ok(workspaces.grant(bob, work, "eve", {Give::replace, "lrw"}));
    // Who made a change, and who is told of it, hear the same: what it changed.
    using Names = std::vector<NoteName>;
    Names heard;
    const auto subscription = archive->subscribe([&](const Change& change) {
        heard.insert(heard.end(), change.notes.begin(), change.notes.end());
    });
    const auto set = [&](const Actor& who, MailboxId mailbox,
                         const std::vector<Workspaces::NoteChange>& changes) {
        heard.clear();
        auto changed = take(workspaces.annotate(who, mailbox, changes));
        CHECK(changed == heard);
        return changed;
    };
    const std::optional<std::string> none;
    CHECK(
        set(bob, work, {{true, "/comment", "a"}, {false, "/comment", "b"}, {false, "/no", none}}) ==
        Names{{"", work, "/comment"}, {"bob", work, "/comment"}});
    CHECK(set(eve, work, {{true, "/comment", "c"}}) == Names{{"", work, "/comment"}});
    CHECK(set(eve, work, {{true, "/comment", "c"}}).empty());
    CHECK(set(zoe, mirrored, {{false, "/x", std::string("a\0b", 3)}}) ==
          Names{{"zoe", mirrored, "/x"}});
    CHECK(set(zoe, ever_seen_of(mirrored), {{false, "/y", ""}}) == Names{{"zoe", mirrored, "/y"}});
    CHECK(set(zoe, the_server, {{false, "/z", "1"}, {false, "/z", none}, {false, "/z", none}}) ==
          Names{{"zoe", the_server, "/z"}, {"zoe", the_server, "/z"}});
    CHECK(set(zoe, the_server, {{false, "/z", "2"}}).size() == 1);
    CHECK(refused(workspaces.annotate(zoe, work, {{true, "/comment", "d"}})) == Errc::denied);
    CHECK(refused(workspaces.annotate(zoe, mirrored, {{true, "/x", "d"}})) == Errc::denied);
    CHECK(refused(workspaces.annotate(zoe, the_server, {{true, "/x", "d"}})) == Errc::denied);
    std::vector<Workspaces::NoteChange> many;
    for (std::size_t i = 0; i <= Workspaces::most_notes; ++i)
        many.push_back({false, fmt::format("/{}", i), "x"});
    CHECK(refused(workspaces.annotate(zoe, mirrored, many)) == Errc::limit);
    for (int round = 0; round < 2; ++round) {
        CHECK(take(archive->notes("bob", work)) ==
              std::vector<Note>{{true, "/comment", "c"}, {false, "/comment", "b"}});
        CHECK(take(archive->notes("eve", work)) == std::vector<Note>{{true, "/comment", "c"}});
        CHECK(take(archive->notes("zoe", ever_seen_of(mirrored))) ==
              std::vector<Note>{{false, "/x", std::string("a\0b", 3)}, {false, "/y", ""}});
        CHECK(take(archive->notes("bob", mirrored)).empty());
        CHECK(take(archive->notes("zoe", the_server)) == std::vector<Note>{{false, "/z", "2"}});
        archive.reset();
        ok(rebuild_catalog(folder.path()));
        verified(folder.path());
        archive = take(Archive::open(folder.path()));
    }
    ok(Workspaces(*archive).remove(bob, work));
    CHECK(take(archive->notes("bob", work)).empty());
}

}  // namespace mailhold::store
