// Searches over real mail: the same answers without an index, with a lagging one, with a whole and
// a damaged one.
#include "indexer/pipeline/searcher.hpp"

#include <atomic>
#include <fstream>
#include <random>

#include "indexer/pipeline/pipeline.hpp"
#include "indexer/pipeline/prepare.hpp"
#include "indexer/query/matcher.hpp"
#include "store/base/log.hpp"
#include "tests/unit/pipeline/sample_archive.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::pipeline;
using namespace mailhold::indexer::query;
using namespace std::chrono_literals;

namespace {

using Places = std::vector<std::uint32_t>;

QueryPtr key(TextScope scope, std::string needle, std::string header = {}) {
    return make(TextKey{scope, std::move(header), std::move(needle)});
}

std::vector<QueryPtr> fixed_queries() {
    const auto day = std::chrono::sys_days{std::chrono::year{2014} / 1 / 1};
    const auto seen = make(FlagKey{"\\Seen"});
    return {
        make(All{}),
        key(TextScope::body, "the"),
        key(TextScope::text, "received"),
        key(TextScope::text, "attachment"),
        key(TextScope::subject, "re: "),
        key(TextScope::subject, "test"),
        key(TextScope::from, "@"),
        key(TextScope::to, "example.com"),
        key(TextScope::cc, ""),
        key(TextScope::header, "", "List-Id"),
        key(TextScope::header, "localhost", "Received"),
        key(TextScope::filename, ".pdf"),
        key(TextScope::body, "e"),
        key(TextScope::body, "qqxzabsent"),
        make(DateKey{DateField::sent, DateTest::since, day}),
        make(DateKey{DateField::sent, DateTest::before, day}),
        make(AttachmentKey{}),
        make(Not{key(TextScope::body, "the")}),
        make(And{{seen, make(Not{key(TextScope::text, "multipart")})}}),
        make(Or{
            {make(AttachmentKey{}), make(And{{key(TextScope::from, "john"), make(Not{seen})}})}}),
        make(And{{make(UidKey{{{10, 20}}}), key(TextScope::body, "a")}}),
        make(And{{make(SizeKey{SizeKey::Test::larger, 20000}), make(Not{make(AttachmentKey{})})}}),
    };
}

// Needles cut out of the messages themselves.
std::vector<QueryPtr> cut_queries(const std::vector<text::SearchText>& texts, std::size_t count) {
    std::mt19937 random(7);
    std::vector<QueryPtr> queries;
    while (queries.size() < count) {
        const auto& from = texts[random() % texts.size()];
        const auto cut = [&](const std::string& whole) {
            std::size_t begin = random() % (whole.size() + 1);
            std::size_t end = std::min(whole.size(), begin + 1 + random() % 14);
            const auto inside = [&](std::size_t at) {
                return at < whole.size() && (whole[at] & 0xc0) == 0x80;
            };
            while (inside(begin)) ++begin;
            while (inside(end)) ++end;
            return begin < end ? whole.substr(begin, end - begin) : std::string();
        };
        if (from.fields.empty()) continue;
        const auto& field = from.fields[random() % from.fields.size()];
        switch (random() % 7) {
            case 0:
                queries.push_back(key(TextScope::header, cut(field.value), field.name));
                break;
            case 1:
                queries.push_back(key(TextScope::text, cut(from.header)));
                break;
            case 2:
                queries.push_back(key(TextScope::text, cut(from.mime_headers)));
                break;
            case 3:
                queries.push_back(key(TextScope::subject, cut(field.value)));
                break;
            case 4:
                queries.push_back(key(TextScope::filename, cut(from.filenames)));
                break;
            case 5:
                queries.push_back(key(TextScope::text, cut(from.body)));
                break;
            default:
                queries.push_back(key(TextScope::body, cut(from.body)));
        }
    }
    return queries;
}

struct Truth {
    std::vector<text::SearchText> texts;  // by place
    const store::MailboxSnapshot& mailbox;

    Truth(const store::ArchiveReader& archive, const store::MailboxSnapshot& snapshot)
        : mailbox(snapshot) {
        for (const auto& entry : mailbox.entries)
            texts.push_back(*search_text(archive, entry.message));
    }
    Places operator()(const QueryPtr& query) const {
        const Matcher matcher(query);
        Places matches;
        for (std::uint32_t place = 0; place < mailbox.entries.size(); ++place) {
            const auto& entry = mailbox.entries[place];
            const Subject subject{&entry,
                                  &mailbox.flags_of(entry),
                                  place + 1,
                                  static_cast<std::uint32_t>(mailbox.entries.size()),
                                  mailbox.entries.back().uid,
                                  [&]() -> const text::SearchText& { return texts[place]; }};
            if (matcher.matches(subject)) matches.push_back(place);
        }
        return matches;
    }
};

void check_all(const Searcher& searcher, const Truth& truth, const std::vector<QueryPtr>& queries) {
    for (const auto& query : queries) {
        INFO(to_text(*query));
        const auto found = searcher.search(query, truth.mailbox);
        REQUIRE(found);
        CHECK(*found == truth(query));
    }
}

}  // namespace

TEST_CASE("answers are the same without an index, with a lagging one and with a whole one") {
    const auto mails = test::sample_mails(160);
    test::SampleArchive archive;
    archive.ingest({mails.begin(), mails.begin() + 100});
    const Searcher searcher(*archive);
    {
        const auto inbox = archive.inbox();
        check_all(searcher, Truth(*archive, *inbox), fixed_queries());
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    archive.ingest({mails.begin() + 100, mails.end()});
    const auto inbox = archive.inbox();
    const Truth truth(*archive, *inbox);
    auto queries = fixed_queries();
    std::ranges::copy(cut_queries(truth.texts, 40), std::back_inserter(queries));
    check_all(searcher, truth, queries);  // 60 messages behind
    auto pipeline = Pipeline::start(*archive);
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    check_all(searcher, truth, queries);
}

TEST_CASE("every search over all sample mails gives what the matcher says") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(1000));
    auto pipeline = Pipeline::start(*archive);
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    const auto inbox = archive.inbox();
    const Truth truth(*archive, *inbox);
    const Searcher searcher(*archive);
    check_all(searcher, truth, fixed_queries());
    check_all(searcher, truth, cut_queries(truth.texts, 300));
}

TEST_CASE("a search that is stopped or late says so, and never gives a part") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(20));
    const Searcher searcher(*archive);
    const auto inbox = archive.inbox();
    const auto query = key(TextScope::body, "the");
    std::stop_source stop;
    stop.request_stop();
    CHECK(searcher.search(query, *inbox, stop.get_token()).error().code == Errc::cancelled);
    CHECK(searcher.search(query, *inbox, {}, {.time = 0ms}).error().code == Errc::timeout);
    CHECK(searcher.search(query, *inbox, {}, {.time = 600s}));
}

TEST_CASE("a search in many turns, and one without memory, finds what one in a single turn finds") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(200));
    auto pipeline = Pipeline::start(*archive);
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    const auto inbox = archive.inbox();
    const Searcher searcher(*archive);
    const std::atomic<std::size_t> waiting{1};
    const Slice shortest{.until = {}, .waiting = &waiting};
    for (const auto& query : fixed_queries()) {
        INFO(to_text(*query));
        const auto at_once = searcher.search(query, *inbox).value();
        const auto run = searcher.begin(query, inbox);
        std::uint64_t decided = 0;
        for (int turns = 0; run->step(shortest) != Step::done; ++turns) {
            REQUIRE(turns < 1000);
            CHECK(run->progress().done >= decided);
            decided = run->progress().done;
        }
        CHECK(run->take().value() == at_once);
        CHECK(run->progress().done == inbox->entries.size());
        CHECK(searcher.search(query, *inbox, {}, {.memory = 0}).value() == at_once);
    }
}

TEST_CASE("a search that is stopped in the middle ends with its next step") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(100));
    const Searcher searcher(*archive);
    std::stop_source stop;
    const std::atomic<std::size_t> waiting{1};
    const auto run = searcher.begin(key(TextScope::body, "the"), archive.inbox(), stop.get_token());
    REQUIRE(run->step({.until = {}, .waiting = &waiting}) == Step::again);
    stop.request_stop();
    CHECK(run->step() == Step::done);
    CHECK(run->take().error().code == Errc::cancelled);
}

TEST_CASE("a damaged index costs time, not answers") {
    log::configure(log::Level::off);  // each search would warn
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(80));
    {
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    const auto inbox = archive.inbox();
    const Truth truth(*archive, *inbox);
    for (const auto* file : {"postlist.glass", "iamglass"}) {
        const auto path = archive.index_folder() / "shard-0" / "terms" / file;
        std::filesystem::resize_file(path, std::filesystem::file_size(path) / 3);
        const Searcher searcher(*archive);
        check_all(searcher, truth, fixed_queries());
    }
    log::configure(log::Level::warning);
}

namespace {
std::filesystem::path tail_of(const std::filesystem::path& shard) {
    for (const auto& entry : std::filesystem::directory_iterator(shard)) {
        if (entry.path().filename().string().starts_with("tail-")) return entry;
    }
    FAIL("no tail");
    return {};
}
}  // namespace

TEST_CASE("an index that a search finds damaged is made anew, and answers stay right meanwhile") {
    log::configure(log::Level::off);
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(60));
    std::vector<std::string> more;
    for (std::size_t i = 0; i < 2'100; ++i) more.push_back(test::simple_mail(i));
    archive.ingest(more);
    auto pipeline = Pipeline::start(*archive, {.rebuild_every = 0s});
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    const auto inbox = archive.inbox();
    const Truth truth(*archive, *inbox);
    const std::vector<QueryPtr> queries{
        key(TextScope::body, "body of mail 7"), key(TextScope::text, "example.org"),
        key(TextScope::header, "a1", "Message-ID"), key(TextScope::text, "zq-81f", {}),
        make(DateKey{DateField::sent, DateTest::since, std::chrono::sys_days{}})};

    for (const std::string file :
         {"terms/postlist.glass", "terms/iamglass", "texts", "columns", "slabs", "tail"}) {
        INFO(file);
        const auto shard = archive.index_folder() / "shard-0";
        const auto path = file == "tail" ? tail_of(shard) : shard / file;
        auto octets = *read_file(path);
        if (file == "texts" || file == "slabs") {
            for (auto at = octets.size() / 50; at < octets.size(); at += 64)
                octets[at] = static_cast<char>(octets[at] ^ 1);
        } else {
            octets.resize(octets.size() / 3);
        }
        // In place, as a disk would do it: the pipeline has the file open.
        std::filesystem::resize_file(path, octets.size());
        std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
            .write(octets.data(), static_cast<std::streamsize>(octets.size()));
        std::atomic<int> reports{0};
        const Searcher searcher(*archive, {}, [&](const Error& error) {
            ++reports;
            (*pipeline)->report_damage(error);
        });
        check_all(searcher, truth, queries);
        CHECK(reports > 0);
        REQUIRE((*pipeline)->catch_up());
        const auto problems = verify_index(*archive);
        REQUIRE(problems);
        for (const auto& problem : *problems) UNSCOPED_INFO(problem.where << ": " << problem.what);
        CHECK(problems->empty());
        const int before = reports;
        check_all(searcher, truth, queries);
        CHECK(reports == before);
    }
    log::configure(log::Level::warning);
}
