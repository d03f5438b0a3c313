#include "store/novelty.hpp"

#include <deque>

#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

// A catalog that holds these facts, and which of the next ones one commit keeps.
class Commit {
  public:
    explicit Commit(std::vector<Fact> known)
        : catalog_(take(catalog::CatalogWriter::open(folder_.path() / "c.sqlite"))) {
        std::vector<catalog::Committed> records{
            {Sequence{0}, ledger::noon, catalog::MessageStored{sha256("a"), 1, 0, 40}}};
        for (auto& fact : known)
            records.push_back({Sequence{records.size()}, ledger::noon, std::move(fact)});
        REQUIRE(catalog_->apply(records, {.next = Sequence{records.size()}}));
    }
    bool keeps(Fact fact) { return take(novelty_.keep(facts_.emplace_back(std::move(fact)))); }
    Errc refusal(Fact fact) {
        const auto kept = novelty_.keep(facts_.emplace_back(std::move(fact)));
        REQUIRE_FALSE(kept);
        return kept.error().code;
    }
    bool keeps(const Digest& digest) { return take(novelty_.keep(digest)); }

  private:
    TestFolder folder_;
    std::unique_ptr<catalog::CatalogWriter> catalog_;
    std::deque<Fact> facts_;
    Novelty novelty_{*catalog_};
};

Sighting sighting(std::uint32_t uid) {
    auto made = arrival(inbox, uid, "").sighting;
    made.digest = sha256("a");
    made.size = 1;
    return made;
}

TEST_CASE("octets are kept once") {
    Commit commit({});
    CHECK_FALSE(commit.keeps(sha256("a")));
    CHECK(commit.keeps(sha256("b")));
    CHECK_FALSE(commit.keeps(sha256("b")));
}

TEST_CASE("a sighting of octets that are not stored is refused") {
    Commit commit({});
    auto unknown = sighting(1);
    unknown.digest = sha256("b");
    CHECK(commit.refusal(unknown) == Errc::invalid);
    CHECK(commit.keeps(sha256("b")));
    CHECK(commit.keeps(unknown));
}

TEST_CASE("what the catalog knows is no news, unless the same commit changed it before") {
    Commit commit({sighting(1), sighting(2)});
    const FlagsSeen none{inbox, Uid{1}, {}, ModSeq{0}};
    const FlagsSeen seen{inbox, Uid{1}, {"\\Seen"}, ModSeq{0}};
    CHECK_FALSE(commit.keeps(sighting(1)));
    CHECK_FALSE(commit.keeps(none));
    CHECK(commit.keeps(seen));
    CHECK_FALSE(commit.keeps(seen));
    CHECK(commit.keeps(none));
    CHECK(commit.keeps(seen));
    CHECK_FALSE(commit.keeps(sighting(2)));
}

TEST_CASE("a fact that comes twice in one commit is kept once") {
    Commit commit({});
    CHECK(commit.keeps(sighting(1)));
    CHECK_FALSE(commit.keeps(sighting(1)));
    CHECK(commit.keeps(sighting(2)));
    CHECK(commit.keeps(MailboxListed{"alice", "INBOX", "/", {}}));
    CHECK_FALSE(commit.keeps(MailboxListed{"alice", "INBOX", "/", {}}));
    CHECK(commit.keeps(MailboxGone{"alice", "INBOX"}));
    CHECK(commit.keeps(MailboxListed{"alice", "INBOX", "/", {}}));
    CHECK(commit.keeps(Excluded{"alice", "Junk", "exclude Junk"}));
    CHECK_FALSE(commit.keeps(Excluded{"alice", "Junk", "exclude Junk"}));
    CHECK(commit.keeps(Excluded{"alice", "Junk", "exclude J*"}));
    CHECK(commit.keeps(AccountDeclared{"alice", "imaps://a"}));
    CHECK_FALSE(commit.keeps(AccountDeclared{"alice", "imaps://a"}));
    CHECK(commit.keeps(AccountDeclared{"alice", "imaps://b"}));
}

TEST_CASE("what vanished in this commit may be sighted again in it") {
    Commit commit({sighting(1), sighting(2)});
    const Vanished gone{inbox, {Uid{1}, Uid{2}}};
    CHECK(commit.keeps(gone));
    CHECK_FALSE(commit.keeps(gone));
    CHECK(commit.keeps(sighting(1)));
    CHECK(commit.keeps(gone));
}

TEST_CASE("a pass that ends after changes of the same commit is news") {
    const GenerationSynced synced{inbox, Uid{3}, ModSeq{0}, 2};
    Commit commit({sighting(1), sighting(2), synced});
    CHECK_FALSE(commit.keeps(synced));
    CHECK(commit.keeps(FlagsSeen{inbox, Uid{1}, {"\\Seen"}, ModSeq{0}}));
    CHECK(commit.keeps(synced));
    CHECK_FALSE(commit.keeps(synced));
}

}  // namespace
}  // namespace mailhold::store
