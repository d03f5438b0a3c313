#include "script.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <stdexcept>

namespace mailhold::store::catalog::test {
namespace {

struct Where {
    Generation generation;
    std::vector<Uid> uids;
};

Where where_of(const std::string& text) {
    const auto slash = text.rfind('/');
    const auto colon = text.find(':', slash);
    Where where;
    where.generation = {"alice", text.substr(0, slash),
                        static_cast<UidValidity>(std::stoul(text.substr(slash + 1)))};
    if (colon == std::string::npos) return where;
    std::istringstream uids(text.substr(colon + 1));
    for (std::string uid; std::getline(uids, uid, ',');)
        where.uids.push_back(static_cast<Uid>(std::stoul(uid)));
    return where;
}

std::uint64_t size_of(std::string_view name) {
    return 100 + name.size();
}

std::vector<std::string> words_of(std::istream& line) {
    std::vector<std::string> words;
    for (std::string word; line >> word;) words.push_back(word);
    return words;
}

}  // namespace

Folder::Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "mailhold-catalog-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = name;
}

Folder::~Folder() {
    std::filesystem::remove_all(path);
}

Digest digest_of(std::string_view name) {
    return sha256(name);
}

Fact fact_of(const std::string& line) {
    std::istringstream stream(line);
    std::string verb;
    stream >> verb;
    auto words = words_of(stream);
    const auto word = [&](std::size_t i, std::string otherwise) {
        return i < words.size() ? words[i] : std::move(otherwise);
    };
    const auto from = [&](std::size_t i) {
        return std::vector<std::string>(
            words.begin() + static_cast<long>(std::min(i, words.size())), words.end());
    };
    if (verb == "account")
        return AccountDeclared{word(0, "alice"), word(1, "imaps://alice@mail.example.org")};
    if (verb == "gone") return MailboxGone{"alice", words.at(0)};
    if (verb == "exclude") return Excluded{"alice", words.at(0), words.at(1)};
    if (verb == "list") {
        const auto separator = word(1, "/");
        return MailboxListed{"alice", words.at(0), separator == "none" ? "" : separator, from(2)};
    }
    if (verb == "security")
        return SecurityShown{.account = "alice",
                             .url = "imaps://alice@mail.example.org",
                             .tls = words.at(0),
                             .mechanisms = from(1),
                             .mechanism = {},
                             .binding = {},
                             .key = {},
                             .issuer = {}};
    if (verb == "renamed") return Renamed{"alice", words.at(0), words.at(1)};
    if (verb == "moved") {
        const auto left = where_of(words.at(1)), taken = where_of(words.at(2));
        return Moved{digest_of(words.at(0)), left.generation, left.uids.at(0), taken.generation,
                     taken.uids.at(0)};
    }
    const auto where = where_of(words.at(0));
    if (verb == "gmail") {
        GmailSeen fact{where.generation, where.uids.at(0), std::stoull(words.at(1)), 5, {}};
        if (words.size() > 2) fact.labels = from(2);
        if (fact.labels == std::vector<std::string>{"none"}) fact.labels->clear();
        return fact;
    }
    if (verb == "await") return Awaited{where.generation, where.uids};
    if (verb == "open") return GenerationOpened{where.generation};
    if (verb == "vanish") return Vanished{where.generation, where.uids};
    if (verb == "synced") {
        return GenerationSynced{where.generation, static_cast<Uid>(std::stoul(word(1, "9"))),
                                ModSeq{3}, 2};
    }
    if (verb == "flags") return FlagsSeen{where.generation, where.uids.at(0), from(1), ModSeq{4}};
    if (verb == "stuck") return Quarantined{where.generation, where.uids.at(0), words.at(1)};
    if (verb == "see") {
        const auto second = std::chrono::seconds(number(where.uids.at(0)));
        return Sighting{.generation = where.generation,
                        .uid = where.uids.at(0),
                        .digest = digest_of(words.at(1)),
                        .size = size_of(words.at(1)),
                        .internal_date = {UtcSeconds(second), 60},
                        .flags = from(2),
                        .modseq = ModSeq{2}};
    }
    throw std::runtime_error("not a line of a script: " + line);
}

std::vector<Committed> records_of(std::string_view script, std::uint64_t first) {
    std::vector<Committed> records;
    std::istringstream lines{std::string(script)};
    for (std::string line; std::getline(lines, line);) {
        line.erase(0, line.find_first_not_of(' '));
        if (line.empty()) continue;
        const auto sequence = first + records.size();
        Committed record{static_cast<Sequence>(sequence),
                         UtcMicros(std::chrono::seconds(1'000'000 + sequence)), Unknown{}};
        if (line.starts_with("store ")) {
            const auto name = line.substr(6);
            record.content = MessageStored{digest_of(name), size_of(name), 0, sequence * 1000};
        } else if (line != "unknown") {
            record.content = fact_of(line);
        }
        records.push_back(std::move(record));
    }
    return records;
}

Result<Applied> apply_all(CatalogWriter& writer, std::span<const Committed> records) {
    const auto next = records.empty() ? number(writer.next()) : number(records.back().sequence) + 1;
    return writer.apply(records, {.next = Sequence{next}});
}

namespace {

std::string shown(const CatalogReader& reader, bool ever_seen) {
    std::map<MessageNumber, std::string> names;
    for (const char c : std::string("abcdefghijklmnopqrstuvwxyz")) {
        const auto message = reader.find(digest_of(std::string(1, c)));
        if (message) names[message->number] = std::string(1, c);
    }
    std::string text;
    for (const auto& mailbox : reader.mailboxes().value()) {
        if ((mailbox.kind == MailboxKind::ever_seen) != ever_seen) continue;
        const auto snapshot = reader.snapshot(mailbox.id).value();
        REQUIRE(snapshot->mailbox == mailbox);
        std::uint32_t unseen = 0;
        std::uint64_t octets = 0;
        Uid last{};
        std::string entries;
        for (const auto& entry : snapshot->entries) {
            REQUIRE(entry.uid > last);
            REQUIRE(entry.modseq <= mailbox.highest_modseq);
            last = entry.uid;
            octets += entry.size;
            std::string flags;
            bool seen = false;
            for (const auto& flag : snapshot->flags_of(entry)) {
                seen = seen || flag == "\\Seen";
                flags += (flags.empty() ? "" : " ") + flag;
            }
            if (!seen) ++unseen;
            entries += " " + std::to_string(number(entry.uid)) + ":" + names[entry.message] + "(" +
                       flags + ")";
        }
        // The counters are what a count finds.
        REQUIRE(mailbox.messages == snapshot->entries.size());
        REQUIRE(mailbox.unseen == unseen);
        REQUIRE(mailbox.octets == octets);
        REQUIRE(mailbox.uidnext > last);
        REQUIRE(number(mailbox.uidvalidity) > 0);
        if (mailbox.kind == MailboxKind::all_mail && entries.empty()) continue;
        text += mailbox.name + (mailbox.gone ? " gone" : "") + entries + "\n";
    }
    return text;
}

}  // namespace

std::string shown(const CatalogReader& reader) {
    return shown(reader, false);
}

std::string ever_seen(const CatalogReader& reader) {
    return shown(reader, true);
}

std::string shown_after(std::string_view script) {
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    const auto applied = apply_all(*writer, records_of(script));
    if (!applied) return applied.error().text;
    return shown(*CatalogReader::open(folder.catalog()).value());
}

}  // namespace mailhold::store::catalog::test
