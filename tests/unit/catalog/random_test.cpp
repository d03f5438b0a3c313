// However records are cut into batches, repeated or interrupted, the catalog is the same.
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "script.hpp"
#include "store/base/fail_point.hpp"

namespace mailhold::store::catalog::test {
namespace {

std::string random_script(std::uint32_t seed, int lines) {
    std::minstd_rand random(seed);
    const auto pick = [&](std::uint32_t below) { return random() % below; };
    const auto bytes = [&] { return std::string(1, static_cast<char>('a' + pick(12))); };
    const auto mailbox = [&] {
        return std::string(std::array{"INBOX", "inbox", "Work", "Work/x"}[pick(4)]);
    };
    const auto place = [&] { return mailbox() + "/" + std::to_string(7 + pick(3)); };
    const auto at = [&] { return place() + ":" + std::to_string(1 + pick(8)); };
    const auto flags = [&] {
        return std::string(std::array{"", " \\Seen", " $Work \\seen", " $work"}[pick(4)]);
    };
    std::string script;
    for (char c = 'a'; c < 'm'; ++c) script += std::string("store ") + c + "\n";
    for (int i = 0; i < lines; ++i) {
        switch (pick(18)) {
            case 0:
                script += "account alice imaps://" + bytes();
                break;
            case 1:
                script += "list " + mailbox() + std::array{" /", " .", " none"}[pick(3)] + flags();
                break;
            case 2:
                script += "gone " + mailbox();
                break;
            case 3:
                script += "open " + place();
                break;
            case 4:
                script += "flags " + at() + flags();
                break;
            case 5:
                script += "vanish " + at() + ",3";
                break;
            case 6:
                script += "synced " + place();
                break;
            case 7:
                script += "exclude " + mailbox() + " " + bytes();
                break;
            case 8:
                script += "stuck " + at() + " " + bytes();
                break;
            case 9:
                script += "unknown";
                break;
            case 10:
                script += "await " + at() + ",4";
                break;
            case 11:
                script += "moved " + bytes() + " " + at() + " " + at();
                break;
            case 12:
                script += "renamed " + mailbox() + " " + mailbox();
                break;
            case 13:
                script += "gmail " + at() + (pick(2) == 0 ? " 7 a b" : " 8");
                break;
            default:
                script += "see " + at() + " " + bytes() + flags();
        }
        script += "\n";
    }
    return script;
}

struct Outcome {
    Digest fingerprint;
    std::string shown;
    bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const Folder& folder) {
    const auto reader = CatalogReader::open(folder.catalog()).value();
    return {reader->fingerprint().value(), shown(*reader)};
}

}  // namespace

TEST_CASE(
    "a random script leaves the same catalog in one batch, one by one, reopened and replayed") {
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        INFO("seed " << seed);
        const auto records = records_of(random_script(seed, 200));
        const Folder whole;
        {
            const auto writer = CatalogWriter::open(whole.catalog()).value();
            REQUIRE(apply_all(*writer, records));
            CHECK(writer->fingerprint().value() == outcome_of(whole).fingerprint);
        }
        const auto expected = outcome_of(whole);
        CHECK_FALSE(expected.shown.empty());

        const Folder single;
        {
            const auto writer = CatalogWriter::open(single.catalog()).value();
            for (const auto& record : records) {
                // is_news is right about each fact, and changes nothing itself.
                const auto* fact = std::get_if<Fact>(&record.content);
                const auto before = shown(*CatalogReader::open(single.catalog()).value());
                const bool news = fact && writer->is_news(*fact).value();
                const auto applied = apply_all(*writer, {&record, 1}).value();
                const bool moved = !applied.mailboxes.empty() || applied.mailbox_list;
                if (fact && !news) CHECK_FALSE(moved);
                if (fact && !news)
                    CHECK(before == shown(*CatalogReader::open(single.catalog()).value()));
                if (fact) CHECK_FALSE(writer->is_news(*fact).value());
            }
        }
        CHECK(outcome_of(single) == expected);

        const Folder reopened;
        for (std::size_t done = 0; done < records.size(); done += 37) {
            const auto writer = CatalogWriter::open(reopened.catalog()).value();
            CHECK(number(writer->next()) == done);
            const auto from = done > 20 ? done - 20 : 0;  // overlaps what is in
            const auto size = std::min(done + 37, records.size()) - from;
            REQUIRE(apply_all(*writer, std::span(records).subspan(from, size)));
        }
        CHECK(outcome_of(reopened) == expected);
        REQUIRE(apply_all(*CatalogWriter::open(reopened.catalog()).value(), records));
        CHECK(outcome_of(reopened) == expected);
    }
}

TEST_CASE("a snapshot made of an earlier one and of what changed since is that of now") {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
        INFO("seed " << seed);
        const auto records = records_of(random_script(seed, 200));
        const Folder folder;
        const auto writer = CatalogWriter::open(folder.catalog()).value();
        const auto reader = CatalogReader::open(folder.catalog()).value();
        std::map<MailboxId, std::vector<std::shared_ptr<const MailboxSnapshot>>> earlier;
        std::size_t changes = 0;
        for (const auto& record : records) {
            REQUIRE(apply_all(*writer, {&record, 1}));
            for (const auto& mailbox : reader->mailboxes().value()) {
                const auto now = reader->snapshot(mailbox.id).value();
                auto& known = earlier[mailbox.id];
                for (const auto& before : known) {
                    const auto later = reader->snapshot(mailbox.id, before.get()).value();
                    REQUIRE(later->mailbox == now->mailbox);
                    REQUIRE(later->entries == now->entries);
                    REQUIRE(later->flag_sets == now->flag_sets);
                    changes += before->entries != now->entries;
                }
                if (number(record.sequence) % 10 == 0) known.push_back(now);
            }
        }
        CHECK(changes > 1'000);
    }
}

TEST_CASE("a batch that fails leaves nothing behind and can be applied again") {
    const auto records = records_of(random_script(99, 200));
    const Folder straight;
    REQUIRE(apply_all(*CatalogWriter::open(straight.catalog()).value(), records));

    for (const char* point :
         {"catalog.apply:1:error", "catalog.commit:1:error", "catalog.commit:1:no_space"}) {
        INFO(point);
        const Folder folder;
        const auto writer = CatalogWriter::open(folder.catalog()).value();
        REQUIRE(apply_all(*writer, std::span(records).first(120)));
        const auto before = outcome_of(folder);
        REQUIRE(fail_point::arm(point));
        const auto failed = apply_all(*writer, std::span(records).subspan(120));
        REQUIRE(fail_point::arm(""));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code ==
              (std::string_view(point).ends_with("no_space") ? Errc::no_space : Errc::io));
        CHECK(writer->next() == Sequence{120});
        CHECK(outcome_of(folder) == before);
        REQUIRE(apply_all(*writer, std::span(records).subspan(120)));
        CHECK(outcome_of(folder) == outcome_of(straight));
    }
}

TEST_CASE("a gap between records is refused") {
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    const auto gap = apply_all(*writer, records_of("account", 1));
    REQUIRE_FALSE(gap);
    CHECK(gap.error().code == Errc::invalid);
    auto torn = records_of("account\n list INBOX\n list Work");
    torn.erase(torn.begin() + 1);
    CHECK_FALSE(apply_all(*writer, torn));
    CHECK(writer->next() == Sequence{0});
    CHECK(shown(*CatalogReader::open(folder.catalog()).value()).empty());
    CHECK(apply_all(*writer, {}).value().mailboxes.empty());
}

}  // namespace mailhold::store::catalog::test
