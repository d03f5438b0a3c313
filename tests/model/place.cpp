#include "tests/model/place.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>

#include "tests/model/broken.hpp"

namespace mailhold::model {
namespace {

store::Generation generation(const std::string& account, const std::string& mailbox) {
    return {account, mailbox, UidValidity{7}};
}

}  // namespace

Place::Place() {
    static std::atomic<int> count{0};
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("mailhold-model-{}-{}", ::getpid(), ++count);
    std::filesystem::remove_all(folder_);
    auto opened = store::Archive::open(folder_);
    if (!opened) throw std::runtime_error(opened.error().text);
    archive = std::move(*opened);
    cache = std::make_unique<imap::server::Cache>(*archive);
    subscription_ =
        archive->subscribe([this](const store::Change& change) { cache->changed(change); });
    searcher = std::make_unique<indexer::pipeline::Searcher>(*archive);
    backend =
        std::make_unique<imap::server::Backend>(imap::server::Backend{*archive, *cache, *searcher});
    users = {{"alice", "secret", {"alice"}}, {"bob", "secret", {"bob"}}, {"mallory", "secret", {}}};
    list("alice", "INBOX");
    list("alice", fmt::format("Work {}", secret));
    list("bob", "INBOX");
    for (int i = 0; i < 3; ++i) add();
}

Place::~Place() {
    subscription_.reset();
    archive.reset();
    std::filesystem::remove_all(folder_);
}

void Place::store(std::vector<store::Arrival> arrivals, std::vector<store::Fact> facts) {
    const Status stored = archive->ingest(std::move(arrivals), std::move(facts));
    if (!stored) throw std::runtime_error(stored.error().text);
}

void Place::list(const std::string& account, const std::string& mailbox) {
    store({}, {store::AccountDeclared{account, "imaps://" + account + "@example.org"},
               store::MailboxListed{account, mailbox, "/", {}},
               store::GenerationOpened{generation(account, mailbox)}});
}

void Place::add() {
    store::Arrival arrival;
    arrival.sighting.generation = generation("alice", "INBOX");
    arrival.sighting.uid = Uid{++last_};
    arrival.sighting.internal_date = {UtcSeconds{std::chrono::days{18'000}}, 0};
    arrival.octets =
        Blob(fmt::format("Subject: {} {}\r\nFrom: a@example.org\r\n\r\nfrom the origin {}\r\n",
                         secret, last_, secret));
    store({std::move(arrival)}, {});
}

void Place::origin(std::string_view what) {
    const auto space = what.find(' ');
    const auto verb = what.substr(0, space);
    const auto rest = space == what.npos ? std::string_view() : what.substr(space + 1);
    std::uint32_t uid = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), uid);
    if (verb == "add" && last_ < 50) return add();
    if (uid == 0 || uid > last_ || problem != std::errc()) return;
    if (verb == "vanish") store({}, {store::Vanished{generation("alice", "INBOX"), {Uid{uid}}}});
    if (verb == "flag") {
        std::vector<std::string> flags;
        if (rest.ends_with("\\Seen")) flags.emplace_back("\\Seen");
        store({}, {store::FlagsSeen{generation("alice", "INBOX"), Uid{uid}, flags, ModSeq{}}});
    }
}

}  // namespace mailhold::model
