#include "world.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

#include "indexer/mime/parse.hpp"
#include "indexer/query/matcher.hpp"
#include "indexer/text/search_text.hpp"
#include "store/base/file.hpp"

namespace mailhold::imap::server::test {
namespace {

store::Generation generation(const std::string& account, const std::string& mailbox) {
    return {account, mailbox, UidValidity{7}};
}

bool fits(std::string_view pattern, std::string_view line) {
    const auto gap = pattern.find("...");
    if (gap == pattern.npos) return pattern == line;
    if (!line.starts_with(pattern.substr(0, gap))) return false;
    pattern.remove_prefix(gap + 3);
    line.remove_prefix(gap);
    for (std::size_t skip = 0; skip <= line.size(); ++skip) {
        if (fits(pattern, line.substr(skip))) return true;
    }
    return false;
}

Result<Places> scan(const store::ArchiveReader& archive, const Search& search) {
    const indexer::query::Matcher matcher(search.query);
    const store::MailboxSnapshot& mailbox = *search.mailbox;
    Places found;
    for (std::uint32_t place = 0; place < mailbox.entries.size(); ++place) {
        const store::Entry& entry = mailbox.entries[place];
        indexer::text::SearchText text;
        bool made = false;
        indexer::query::Subject subject;
        subject.entry = &entry;
        subject.flags = &mailbox.flags_of(entry);
        subject.sequence = place + 1;
        subject.last_sequence = static_cast<std::uint32_t>(mailbox.entries.size());
        subject.last_uid = mailbox.entries.back().uid;
        subject.text = [&]() -> const indexer::text::SearchText& {
            if (!made) {
                const Blob octets = archive.octets(entry.message).value();
                text = indexer::text::make_search_text(octets.view(),
                                                       indexer::mime::parse(octets.view()));
                made = true;
            }
            return text;
        };
        if (matcher.matches(subject)) found.push_back(place);
    }
    return found;
}

}  // namespace

World::World() {
    static std::atomic<int> count{0};
    folder = std::filesystem::temp_directory_path() /
             fmt::format("mailhold-server-{}-{}", ::getpid(), ++count);
    std::filesystem::remove_all(folder);
    auto opened = store::Archive::open(folder);
    if (!opened) FAIL(opened.error().text);
    archive = std::move(*opened);
    cache = std::make_unique<Cache>(*archive);
    subscription =
        archive->subscribe([this](const store::Change& change) { cache->changed(change); });
    searcher = std::make_unique<indexer::pipeline::Searcher>(*archive);
    backend = std::make_unique<Backend>(Backend{*archive, *cache, *searcher});
    backend->pool = &pool;
    search = [this](const Search& wanted) { return scan(*archive, wanted); };
    users = {{"alice", "secret", {"alice"}}};
    store({}, {store::AccountDeclared{"alice", "imaps://alice@example.org"}});
    list("INBOX");
}

World::~World() {
    subscription.reset();
    archive.reset();
    std::filesystem::remove_all(folder);
}

void World::store(std::vector<store::Arrival> arrivals, std::vector<store::Fact> facts) {
    const Status stored = archive->ingest(std::move(arrivals), std::move(facts));
    if (!stored) FAIL(stored.error().text);
}

void World::list(const std::string& mailbox, std::vector<std::string> attributes,
                 const std::string& account) {
    std::vector<store::Fact> facts;
    if (account != "alice")
        facts.push_back(store::AccountDeclared{account, "imaps://" + account + "@example.org"});
    facts.push_back(store::MailboxListed{account, mailbox, "/", std::move(attributes)});
    facts.push_back(store::GenerationOpened{generation(account, mailbox)});
    store({}, std::move(facts));
}

void World::gone(const std::string& mailbox) {
    store({}, {store::MailboxGone{"alice", mailbox}});
}

void World::add(const std::string& mailbox, std::uint32_t uid, Mail mail,
                const std::string& account) {
    store::Arrival arrival;
    arrival.sighting.generation = generation(account, mailbox);
    arrival.sighting.uid = Uid{uid};
    arrival.sighting.internal_date = mail.date;
    arrival.sighting.flags = mail.flags;
    arrival.octets = Blob(std::move(mail.octets));
    store({std::move(arrival)}, {});
}

void World::vanish(const std::string& mailbox, std::uint32_t uid) {
    store({}, {store::Vanished{generation("alice", mailbox), {Uid{uid}}}});
}

void World::flag(const std::string& mailbox, std::uint32_t uid, std::vector<std::string> flags) {
    store({},
          {store::FlagsSeen{generation("alice", mailbox), Uid{uid}, std::move(flags), ModSeq{}}});
}

std::string mail(std::string_view text) {
    std::string octets;
    for (const char c : text) {
        if (c == '\n') octets += '\r';
        octets += c;
    }
    return octets;
}

std::string sample(const std::string& path) {
    auto octets = read_file(std::filesystem::path(MAILHOLD_TEST_DATA) / "mail" / path);
    if (!octets) FAIL(octets.error().text);
    return *octets;
}

Script::Script(World& world, Channel channel, Feed feed)
    : session(*world.backend, channel), world_(world), feed_(feed) {
    run();
    if (channel.tls) server("* OK [CAPABILITY ...] ...");
}

void Script::run() {
    do {
        Output out;
        next = session.step(out);
        ++steps;
        largest_step = std::max(largest_step, out.size());
        while (!out.empty()) {
            for (const auto piece : out.front(100'000)) output_ += piece;
            out.drop(100'000);
        }
        if (next == Next::search) {
            session.search_result(world_.search(session.search()));
            next = Next::again;
        }
        if (next == Next::check_password) {
            const User* user = nullptr;
            for (const User& each : world_.users) {
                const Credentials& given = session.credentials();
                const bool right =
                    given.how == Credentials::How::password ? each.password_hash == given.password
                    : given.how == Credentials::How::certificate
                        ? holder_of(world_.users, given.certificate, given.user) == &each
                    : given.how == Credentials::How::token
                        ? given.password == "token-of-" + each.name &&
                              (given.user.empty() || given.user == each.name)
                        : given.how == Credentials::How::proven;
                const bool named = each.name == given.user || given.how == Credentials::How::token;
                if (named && right) {
                    user = &each;
                }
            }
            session.login_result(user ? LoginResult::accepted : LoginResult::refused, user);
            next = Next::again;
        }
    } while (next == Next::again);
}

Script& Script::client(std::string_view line) {
    return client_raw(std::string(line) + "\r\n");
}

Script& Script::client_raw(std::string_view octets) {
    if (feed_ == Feed::whole) {
        session.feed(octets);
        run();
        return *this;
    }
    for (std::size_t i = 0; i < octets.size(); ++i) {
        session.feed(octets.substr(i, 1));
        run();
    }
    return *this;
}

Script& Script::server(std::string_view line) {
    const auto end = output_.find("\r\n");
    INFO("expected: " << line);
    INFO("output: " << output_.substr(0, 4000));
    REQUIRE(end != std::string::npos);
    const std::string got = output_.substr(0, end);
    output_.erase(0, end + 2);
    if (!fits(line, got)) FAIL("got: " << got);
    return *this;
}

Script& Script::server_raw(std::string_view octets) {
    CHECK(output_.substr(0, octets.size()) == octets);
    output_.erase(0, octets.size());
    return *this;
}

Script& Script::silence() {
    CHECK(output_ == "");
    return *this;
}

Script& Script::login() {
    return client("l LOGIN alice secret").server("l OK [CAPABILITY ...] ...").silence();
}

Script& Script::select(const std::string& mailbox) {
    client("s SELECT " + mailbox);
    const auto tagged = output_.find("s OK [READ-ONLY]");
    INFO(output_);
    REQUIRE(tagged != std::string::npos);
    output_.clear();
    return *this;
}

Script& Script::wake() {
    session.look();
    run();
    return *this;
}

Script& Script::closed() {
    CHECK(next == Next::close);
    return silence();
}

std::string Script::take() {
    return std::exchange(output_, {});
}

Changes::Changes(World& world)
    : subscription_(world.archive->subscribe(
          [this](const store::Change& change) { all_.push_back(change); })) {}

std::vector<bool> Changes::woken(const std::vector<const Script*>& scripts) {
    const auto changes = std::exchange(all_, {});
    std::vector<bool> woken;
    for (const Script* script : scripts)
        woken.push_back(std::ranges::any_of(changes, [&](const store::Change& change) {
            return script->session.watch().concerns(change);
        }));
    return woken;
}

}  // namespace mailhold::imap::server::test
